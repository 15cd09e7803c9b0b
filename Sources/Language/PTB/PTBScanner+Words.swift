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
      let next = kind(at: end + 1)
      guard next == .space || next == .newline else { return nil }
    default: return nil
    }
    perform(contraction(place..<end).map(Action.cut) ?? .keep, on: place..<end)
    return end
  }

  mutating func word(at place: Int) -> Match {
    var match = Match.none
    considerKeepingStop(dottedWordEnd(at: place), &match)
    let letters = end(from: place) { $0 == .asciiLetter }
    if letters > place {
      findNegation(place..<letters, &match)
      findAcronym(place..<letters, &match)
      findApostropheWord(place..<letters, &match)
      match.consider(nameEnd(place..<letters))
      if let cut = contraction(place..<letters) { match.consider(letters, .cut(at: cut)) }
      match.consider(capitalsJoined(at: place), .keepDecodingAmpersands)
      match.consider(currencyEnd(place..<letters))
      match.consider(programmingLanguageEnd(place..<letters))
      match.consider(slashWordEnd(at: place))
      findAbbreviation(place..<letters, &match)
      findHyphenatedList(at: place, &match)
      match.consider(emailEnd(at: place))
      match.consider(webAddressEnd(at: place))
      findFace(at: place, &match)
    }
    let wordEnd = end(from: place) { $0.beginsWord || $0.isDigit }
    if let clitic = clitic(at: wordEnd) {
      match.consider(wordEnd, reading: clitic.upperBound)
    }
    match.consider(vowelsJoinedEnd(at: place))
    findHyphenated(at: place, &match)
    findFileName(at: place, &match)
    match.consider(hostEnd(at: place))
    match.consider(wordEnd)
    return match
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
  private func capitalsJoined(at place: Int) -> Int? {
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
