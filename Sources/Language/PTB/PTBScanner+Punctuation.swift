/// Tokens that begin with a sign.
extension PTBScanner {
  mutating func punctuation(at place: Int) -> Match {
    var match = Match.none
    let character = at(place)
    switch character {
    case Character.apostrophe, 0x92, 0x2019: findApostrophe(at: place, &match)
    case Character.ampersand: findEntity(at: place, &match)
    case Character.hyphen: findHyphens(at: place, &match)
    case Character.fullStop: match.consider(ellipsisEnd(at: place), .drop)
    case Character.exclamationMark, Character.questionMark: findMarks(at: place, &match)
    case Character.numberSign:
      let tag = end(from: place + 1) { $0.beginsWord }
      match.consider(tag > place + 1 ? tag : nil)
    case Character.atSign: match.consider(userNameEnd(at: place))
    case Character.less:
      match.consider(tagEnd(at: place))
      match.consider(emailEnd(at: place))
    default: break
    }
    if Self.mayBeginNumber(character) {
      match.consider(numberEnd(at: place), .keepWithoutSoftHyphens)
    }
    if character == Character.plus || character == Character.leftBracket {
      match.consider(telephoneNumberEnd(at: place), .keepSpellingBrackets)
    }
    findFace(at: place, &match)
    match.consider(hostEnd(at: place))
    findQuotationMarks(at: place, &match)
    findRun(of: character, at: place, &match)
    match.consider(place + 1, Self.action(of: character))
    return match
  }

  /// Two or more exclamation and question marks are a token that stays.
  private func findMarks(at place: Int, _ match: inout Match) {
    var end = place
    while at(end) == Character.exclamationMark || at(end) == Character.questionMark { end += 1 }
    match.consider(end, end > place + 1 ? .keep : .drop)
  }

  /// Up to four hyphens are a dash, more a line, which stays, as do brackets spelled out.
  private func findHyphens(at place: Int, _ match: inout Match) {
    for bracket in ["-lrb-", "-rrb-", "-lsb-", "-rsb-", "-lcb-", "-rcb-"] as [StaticString]
    where hasPrefix(bracket, at: place) {
      match.consider(place + bracket.utf8CodeUnitCount)
    }
    var end = place
    while at(end) == Character.hyphen { end += 1 }
    match.consider(end, end > place + 4 ? .keep : .drop)
  }

  /// Three to five full stops, or three with spaces between them.
  private func ellipsisEnd(at place: Int) -> Int? {
    func isStop(_ place: Int) -> Bool { at(place) == Character.fullStop }
    func isSpace(_ place: Int) -> Bool {
      at(place) == Character.space || at(place) == Character.noBreakSpace
    }
    if isSpace(place + 1), isStop(place + 2), isSpace(place + 3), isStop(place + 4) {
      return place + 5
    }
    var end = place
    while end < place + 5, isStop(end) { end += 1 }
    return end >= place + 3 ? end : nil
  }

  /// Signs of which several make one token.
  private func findRun(of character: UInt32, at place: Int, _ match: inout Match) {
    func consider(_ belongs: (UInt32) -> Bool, upTo count: Int = .max) {
      var end = place
      while end - place < count, belongs(at(end)) { end += 1 }
      match.consider(end)
    }
    switch character {
    case Character.numberSign, Character.asterisk, Character.atSign, Character.underscore:
      consider { $0 == character }
    case Character.less, Character.greater: consider({ $0 == character }, upTo: 2)
    case 0x2080...0x2089: consider { (0x2080...0x2089).contains($0) }
    case _ where Self.isSuperscript(character): consider(Self.isSuperscript)
    case Character.backslash:
      var end = place
      while at(end) == Character.backslash, at(end + 1) == Character.asterisk { end += 2 }
      match.consider(end > place ? end : nil)
    default: break
    }
  }

  private static func isSuperscript(_ character: UInt32) -> Bool {
    switch character {
    case 0xB2, 0xB3, 0xB9, 0x2070, 0x2074...0x2079: true
    default: false
    }
  }

  private static func mayBeginNumber(_ character: UInt32) -> Bool {
    switch character {
    case Character.plus, Character.hyphen, Character.fullStop, Character.comma, Character.colon,
      Character.arabicDecimalSeparator, Character.arabicThousandsSeparator:
      true
    default: false
    }
  }

  /// What becomes of a sign that stands alone.
  private static func action(of character: UInt32) -> Action {
    switch character {
    case Character.quotationMark, Character.comma, Character.fullStop, Character.colon,
      Character.semicolon, Character.nextLine, Character.ellipsis,
      Character.arabicDecimalSeparator, Character.arabicThousandsSeparator:
      .drop
    // Dashes.
    case 0x96, 0x97, 0x2013...0x2015: .drop
    // No inner hyphen of a word.
    case 0x058A, 0x2010, 0x2011: .drop
    case Character.leftBracket, Character.rightBracket: .keepSpellingBrackets
    case 0x5B: .replace("-lsb-")
    case 0x5D: .replace("-rsb-")
    case 0x7B: .replace("-lcb-")
    case 0x7D: .replace("-rcb-")
    // The Treebank's signs for money: euro and currency, pound, cent.
    case 0x80, 0xA4, 0x20A0, 0x20AC: .replace("$")
    case 0xA3: .replace("#")
    case 0xA2: .replace("cents")
    case 0xBC: .replace("1/4")
    case 0xBD: .replace("1/2")
    case 0xBE: .replace("3/4")
    case 0x2153: .replace("1/3")
    case 0x2154: .replace("2/3")
    default: .keep
    }
  }

  /// Characters beyond ASCII that are treated one by one, as ASCII's punctuation is.
  static let singlyTreated: [UInt32] = [
    0x80, 0x85, 0x91, 0x92, 0x93, 0x94, 0x96, 0x97, 0xA2, 0xA3, 0xA4, 0xAB, 0xB2, 0xB3, 0xB9, 0xBB,
    0xBC, 0xBD, 0xBE, 0x058A, 0x066B, 0x066C, 0x2010, 0x2011, 0x2013, 0x2014, 0x2015, 0x2018,
    0x2019,
    0x201A, 0x201B, 0x201C, 0x201D, 0x201E, 0x201F, 0x2026, 0x2039, 0x203A, 0x2044, 0x2070, 0x2074,
    0x2075,
    0x2076, 0x2077, 0x2078, 0x2079, 0x2080, 0x2081, 0x2082, 0x2083, 0x2084, 0x2085, 0x2086, 0x2087,
    0x2088, 0x2089, 0x20A0, 0x20AC, 0x2153, 0x2154,
  ]
}
