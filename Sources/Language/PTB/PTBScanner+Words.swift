/// Tokens that begin with a letter.
extension PTBScanner {
  /// The end of a word of ASCII letters after which nothing stands that could belong to it, which
  /// most words of a caption are: it is written at once. Nil where the rules have to be asked.
  mutating func plainWord(at place: Int) -> Int? {
    let end = end(from: place) { $0 == .asciiLetter }
    switch at(end) {
    case Character.space, Character.newline: break
    case Character.comma, Character.colon, Character.semicolon, Character.exclamationMark,
      Character.questionMark, Character.quotationMark, Character.rightBracket:
      let next = at(end + 1)
      guard next == Character.space || next == Character.newline else { return nil }
    default: return nil
    }
    perform(contraction(place..<end).map(Action.cut) ?? .keep, on: place..<end)
    return end
  }

  mutating func word(at place: Int) -> Match {
    var match = Match.none
    let wordEnd = end(from: place) { $0.beginsWord || $0.isDigit }
    considerBeforeClitic(wordEnd, &match)
    let dottedEnd = dottedWordEnd(at: place)
    considerBeforeClitic(dottedEnd, &match)
    considerKeepingStop(dottedEnd, &match)
    if kind(at: place) == .softHyphen {
      match.consider(numberEnd(at: place), .keepWithoutSoftHyphens)
    }
    let letters = place..<end(from: place) { $0 == .asciiLetter }
    if !letters.isEmpty {
      match.consider(emailEnd(at: place))
      findNegation(letters, &match)
      findAbbreviation(letters, &match)
      findAcronym(letters, &match)
      findApostropheWord(letters, &match)
      match.consider(nameEnd(letters))
      match.consider(prefixEnd(at: place))
      if let cut = contraction(letters) { match.consider(letters.upperBound, .cut(at: cut)) }
      considerKeepingStop(joinedCapitalsEnd(at: place), &match, .keepDecodingAmpersands)
      match.consider(savingsAndLoansEnd(at: place), .keepDecodingAmpersands)
      match.consider(currencyEnd(letters))
      match.consider(programmingLanguageEnd(letters))
      match.consider(slashWordEnd(at: place))
      findHyphenatedList(at: place, &match)
      match.consider(webAddressEnd(at: place))
      findFace(at: place, &match)
    }
    match.consider(vowelsJoinedEnd(at: place))
    findHyphenated(at: place, &match)
    findFileName(at: place, &match)
    match.consider(hostEnd(at: place))
    considerKeepingStop(wordEnd, &match)
    return match
  }

  /// A clitic right after a word is read with it.
  private func considerBeforeClitic(_ end: Int?, _ match: inout Match) {
    guard let end, let clitic = clitic(at: end) else { return }
    match.consider(end, reading: clitic.upperBound, .keepWithoutSoftHyphens)
  }

  /// Where a word that is written as one is cut in two, or nil.
  private func contraction(_ word: Range<Int>) -> Int? {
    func cuts(_ contraction: StaticString) -> Bool {
      word.count == contraction.utf8CodeUnitCount && hasPrefix(contraction, at: word.lowerBound)
    }
    switch word.count {
    case 5:
      if cuts("gonna") || cuts("gotta") || cuts("wanna") || cuts("gimme") || cuts("lemme") {
        return word.lowerBound + 3
      }
    case 6:
      if cuts("cannot") { return word.lowerBound + 3 }
    default: break
    }
    return nil
  }

  /// “R&B”, “A+B” and “AT&amp;T”, in capitals.
  private func joinedCapitalsEnd(at place: Int) -> Int? {
    func capitalsEnd(_ place: Int) -> Int? {
      var end = place
      while isCapital(at: end) { end += 1 }
      return end > place ? end : nil
    }
    guard var end = capitalsEnd(place) else { return nil }
    let first = end
    while true {
      let joint: Int
      switch at(end) {
      case Character.ampersand: joint = hasPrefix("&amp;", at: end) ? 5 : 1
      case Character.plus: joint = 1
      default: return end > first ? end : nil
      }
      guard let next = capitalsEnd(end + joint) else { return end > first ? end : nil }
      end = next
    }
  }

  /// “S&Ls”: savings and loans.
  private func savingsAndLoansEnd(at place: Int) -> Int? {
    if hasPrefix("s&ls", at: place) { return place + 4 }
    return hasPrefix("s&amp;ls", at: place) ? place + 8 : nil
  }

  /// The two prefixes that keep a hyphen with nothing after it.
  private func prefixEnd(at place: Int) -> Int? {
    if hasPrefix("pro-", at: place) { return place + 4 }
    return hasPrefix("anti-", at: place) ? place + 5 : nil
  }

  /// “US$” and the like.
  private func currencyEnd(_ letters: Range<Int>) -> Int? {
    guard at(letters.upperBound) == Character.dollar, letters.allSatisfy(isCapital) else {
      return nil
    }
    return letters.upperBound + 1
  }

  private func programmingLanguageEnd(_ letters: Range<Int>) -> Int? {
    guard letters.count == 1 else { return nil }
    if hasPrefix("c++", at: letters.lowerBound) { return letters.lowerBound + 3 }
    if hasPrefix("c#", at: letters.lowerBound) || hasPrefix("f#", at: letters.lowerBound) {
      return letters.lowerBound + 2
    }
    return nil
  }

  /// Words of letters, digits and inner full stops, exclamation and question marks: `dog.cat`. Each
  /// part begins with a letter.
  private func dottedWordEnd(at place: Int) -> Int? {
    func partEnd(_ place: Int) -> Int? {
      guard kind(at: place).beginsWord else { return nil }
      return end(from: place) { $0.beginsWord || $0.isDigit }
    }
    guard var end = partEnd(place) else { return nil }
    let first = end
    while [Character.fullStop, Character.exclamationMark, Character.questionMark].contains(at(end)),
      let next = partEnd(end + 1)
    {
      end = next
    }
    return end > first ? end : nil
  }
}
