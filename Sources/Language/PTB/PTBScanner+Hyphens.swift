/// Tokens of several parts, which begin with a letter or a digit.
extension PTBScanner {
  /// Letters and digits, joined by single hyphens or underscores: `black-and-white`, `x-o'neil`.
  func findHyphenated(at place: Int, _ match: inout Match) {
    func end(of part: (Int) -> Int?) -> Int? {
      guard var end = part(place) else { return nil }
      while isInnerHyphen(at(end)), let next = part(end + 1) { end = next }
      return end
    }
    considerKeepingStop(end(of: simplePartEnd), &match)
    considerKeepingStop(end(of: namePartEnd), &match)
  }

  /// A comma, a colon or a semicolon right after a full stop leaves that to the token: `dog.,`.
  func considerKeepingStop(
    _ end: Int?, _ match: inout Match, _ action: Action = .keepWithoutSoftHyphens
  ) {
    guard let end else { return }
    if at(end) == Character.fullStop {
      switch at(end + 1) {
      case Character.comma, Character.colon, Character.semicolon, Character.ideographicComma:
        match.consider(end + 1, reading: end + 2, action)
      default: break
      }
    }
    match.consider(end, action)
  }

  private func isInnerHyphen(_ character: UInt32) -> Bool {
    switch character {
    case Character.hyphen, Character.underscore, 0x058A, 0x2010, 0x2011: true
    default: false
    }
  }

  private func simplePartEnd(at place: Int) -> Int? {
    let end = end(from: place) { $0.isAlphanumeric }
    return end > place ? end : nil
  }

  /// A part that may be a name such as “O'Neil” or “d'Artagnan”.
  private func namePartEnd(at place: Int) -> Int? {
    guard let end = simplePartEnd(at: place) else { return nil }
    // “d”, “l”, “o”.
    guard end == place + 1, [0x64, 0x6C, 0x6F].contains(small(at(place))) else { return end }
    let length = apostropheLength(at: end, .any)
    let rest = self.end(from: end + length) { $0.isAlphanumeric }
    return length > 0 && rest >= end + length + 2 ? rest : end
  }

  /// ASCII letters, digits, full stops and commas up to a hyphen, and words or acronyms joined by
  /// hyphens after it: `Jan.-Feb`, `U.S.-based`.
  mutating func findHyphenatedList(at place: Int, _ match: inout Match) {
    guard kind(at: place).isASCIIAlphanumeric else { return }
    if !lookahead.listRun.contains(place) {
      var runEnd = place
      while belongsToList(at: runEnd) || at(runEnd) == Character.fullStop
        || at(runEnd) == Character.comma
      {
        runEnd += 1
      }
      lookahead.listRun = place..<max(runEnd, place + 1)
    }
    var end = lookahead.listRun.upperBound
    while at(end) == Character.hyphen {
      var wordEnd = end + 1
      while belongsToList(at: wordEnd) { wordEnd += 1 }
      guard wordEnd > end + 1 else { break }
      let acronymEnd = self.acronymEnd(at: end + 1)
      end = acronymEnd >= end + 5 ? acronymEnd : wordEnd
    }
    considerKeepingStop(end > lookahead.listRun.upperBound ? end : nil, &match)
  }

  private func belongsToList(at place: Int) -> Bool {
    let kind = kind(at: place)
    return kind.isASCIIAlphanumeric || kind == .softHyphen
  }

  /// ASCII words joined by one or two slashes, each with up to two hyphens of its own: `and/or`.
  func slashWordEnd(at place: Int) -> Int? {
    func partEnd(_ place: Int) -> Int? {
      var end = end(from: place) { $0.isASCIIAlphanumeric }
      guard end > place else { return nil }
      for _ in 0..<2 where at(end) == Character.hyphen {
        let next = self.end(from: end + 1) { $0 == .asciiLetter }
        guard next > end + 1 else { break }
        end = next
      }
      return end
    }
    guard var end = partEnd(place) else { return nil }
    let first = end
    for _ in 0..<2 {
      let length = slashLength(at: end)
      guard length > 0, let next = partEnd(end + length) else { break }
      end = next
    }
    return end > first ? end : nil
  }

  /// The number of characters that a slash at a place takes, which may stand behind a backslash; 0
  /// where there is none.
  func slashLength(at place: Int) -> Int {
    if at(place) == Character.slash { return 1 }
    return at(place) == Character.backslash && at(place + 1) == Character.slash ? 2 : 0
  }
}
