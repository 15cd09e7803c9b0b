/// Addresses of mail and of the web.
extension PTBScanner {
  // MARK: - Mail

  /// Letters, digits and nearly any sign, an at sign, and parts joined by single full stops; perhaps
  /// in angle brackets.
  mutating func emailEnd(at place: Int) -> Int? {
    let start =
      at(place) == Character.less ? place + 1 : hasPrefix("&lt;", at: place) ? place + 4 : place
    guard kind(at: start).isASCIIAlphanumeric else { return nil }
    if !lookahead.mailRun.contains(start) { readMailRun(from: start) }
    guard let sign = lookahead.mailSign, sign > start else { return nil }
    let end = lookahead.mailEnd
    return at(end) == Character.greater ? end + 1 : end
  }

  /// Finds, in the stretch that an address may fill, the last at sign that a domain follows, and
  /// that domain's end: an earlier sign reaches no further.
  private mutating func readMailRun(from place: Int) {
    var end = place
    var sign: Int?
    while !endsMail(at(end)) {
      if at(end) == Character.atSign, !endsMail(at(end + 1)), at(end + 1) != Character.fullStop {
        sign = end
      }
      end += 1
    }
    lookahead.mailRun = place..<max(end, place + 1)
    lookahead.mailSign = sign
    guard let sign else { return }
    var domain = sign + 1
    while domain < end {
      if at(domain) == Character.fullStop {
        let next = at(domain + 1)
        if next == Character.fullStop || endsMail(next) { break }
      }
      domain += 1
    }
    lookahead.mailEnd = domain
  }

  private func endsMail(_ character: UInt32) -> Bool {
    switch character {
    case Character.leftBrace, Character.rightBrace, Character.noBreakSpace: true
    default: endsPath(character)
    }
  }

  /// A user's name in a social network.
  func userNameEnd(at place: Int) -> Int? {
    guard isASCIILetter(at: place + 1) || at(place + 1) == Character.underscore else { return nil }
    var end = place + 2
    while kind(at: end).isASCIIAlphanumeric || at(end) == Character.underscore { end += 1 }
    return end
  }

  // MARK: - Web

  /// `http://` and at least two characters, or `www.` and a host.
  mutating func webAddressEnd(at place: Int) -> Int? {
    if hasPrefix("http://", at: place) { return urlEnd(after: place + 7) }
    if hasPrefix("https://", at: place) { return urlEnd(after: place + 8) }
    return hasPrefix("www.", at: place) ? wwwHostEnd(after: place + 4) : nil
  }

  private func urlEnd(after place: Int) -> Int? {
    lastEnd(after: place) {
      endsPath($0) || $0 == Character.leftBrace || $0 == Character.rightBrace
    }
  }

  /// The end of a path, if a slash and at least two characters stand at a place.
  private func pathEnd(at place: Int) -> Int? {
    guard at(place) == Character.slash else { return nil }
    return lastEnd(after: place + 1, excluding: [Character.leftBrace, Character.rightBrace]) {
      endsPath($0)
    }
  }

  /// The end of a stretch of at least two characters, leaving out the signs that do not close one.
  private func lastEnd(
    after place: Int, excluding excluded: [UInt32] = [], until stops: (UInt32) -> Bool
  ) -> Int? {
    var end = place
    while !stops(at(end)) { end += 1 }
    // The reference counts a character beyond the Basic Multilingual Plane as two.
    let shortest = at(place) < 0x10000 ? place + 2 : place + 1
    while end >= shortest {
      switch at(end - 1) {
      case Character.exclamationMark, Character.comma, Character.hyphen, Character.fullStop,
        Character.questionMark:
        break
      case let last where excluded.contains(last): break
      default: return end
      }
      end -= 1
    }
    return nil
  }

  private func endsPath(_ character: UInt32) -> Bool {
    switch character {
    case 0x09, Character.newline, Character.space, Character.quotationMark, Character.leftBracket,
      Character.rightBracket, Character.less, Character.greater, Character.verticalBar:
      true
    default: false
    }
  }

  /// The end of the host and path after `www.`: labels up to one of two to four letters.
  private mutating func wwwHostEnd(after place: Int) -> Int? {
    guard place >= lookahead.wwwRunEnd else { return nil }
    var label = place
    var furthest: Int?
    while true {
      let stop = wwwLabelEnd(at: label)
      guard stop > label, at(stop) == Character.fullStop else {
        // Nothing that begins within what was read has a host, if this has none.
        if furthest == nil { lookahead.wwwRunEnd = stop }
        return furthest
      }
      label = stop + 1
      var domain = label
      while domain < label + 4, isASCIILetter(at: domain) { domain += 1 }
      if domain >= label + 2 {
        furthest = max(furthest ?? 0, pathEnd(at: domain) ?? domain)
      }
    }
  }

  private func wwwLabelEnd(at place: Int) -> Int {
    var end = place
    while true {
      switch at(end) {
      case Character.exclamationMark, Character.comma, Character.fullStop, Character.questionMark,
        Character.leftBrace, Character.rightBrace:
        return end
      case let character where endsPath(character): return end
      default: end += 1
      }
    }
  }

  // MARK: - Hosts without a scheme

  /// The end of a host in one of the four oldest domains, and of the path after it:
  /// `example.com/pictures`.
  mutating func hostEnd(at place: Int) -> Int? {
    guard isHostCharacter(at(place)) else { return nil }
    if !lookahead.hostRun.contains(place) { readHostRun(from: place) }
    guard let domain = lookahead.hostDomain, domain > place else { return nil }
    return pathEnd(at: domain + 3) ?? domain + 3
  }

  /// Finds the last domain in a stretch of labels joined by single full stops: an earlier one
  /// reaches no further, since a path can only follow the last label.
  private mutating func readHostRun(from place: Int) {
    var end = place
    var domain: Int?
    while true {
      if isHostCharacter(at(end)) {
        end += 1
      } else if at(end) == Character.fullStop, end > place, isHostCharacter(at(end - 1)) {
        end += 1
        for name in ["com", "net", "org", "edu"] as [StaticString] where hasPrefix(name, at: end) {
          domain = end
        }
      } else {
        break
      }
    }
    lookahead.hostRun = place..<max(end, place + 1)
    lookahead.hostDomain = domain
  }

  /// What the reference takes for a part of a host's name: small letters, a few signs, and
  /// everything beyond ASCII.
  private func isHostCharacter(_ character: UInt32) -> Bool {
    switch character {
    case Character.numberSign, 0x25, Character.ampersand, Character.asterisk, Character.plus,
      0x61...0x7A, 0x7E..<AccentedLetter.first:
      true
    // Control characters.
    case 0x00...0x08, 0x0E...0x1F: true
    default: false
    }
  }
}
