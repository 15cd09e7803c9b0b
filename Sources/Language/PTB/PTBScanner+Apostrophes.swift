/// Apostrophes and single quotation marks.
extension PTBScanner {
  enum ApostropheClass {
    /// `'`, `’` and `&apos;`.
    case apostrophe
    /// Those, and the marks that people type in their place.
    case any
  }

  /// The number of characters that an apostrophe at a place takes; 0 where there is none.
  func apostropheLength(at place: Int, _ accepted: ApostropheClass) -> Int {
    switch at(place) {
    case Character.apostrophe, 0x92, 0x2019: 1
    case Character.graveAccent, 0x91, 0x2018, 0x201B: accepted == .any ? 1 : 0
    case Character.ampersand: hasPrefix("&apos;", at: place) ? 6 : 0
    default: 0
    }
  }

  /// The range of an apostrophe and the “s”, “m”, “d”, “re”, “ve” or “ll” after it.
  func clitic(at place: Int) -> Range<Int>? {
    let length = apostropheLength(at: place, .apostrophe)
    guard length > 0 else { return nil }
    let letter = place + length
    switch small(at(letter)) {
    case 0x73, 0x6D, 0x64: return place..<letter + 1
    default:
      let isClitic =
        hasPrefix("re", at: letter) || hasPrefix("ve", at: letter) || hasPrefix("ll", at: letter)
      return isClitic ? place..<letter + 2 : nil
    }
  }

  // MARK: - Words

  /// “don't”: the verb, which ends before “n't”, and “n't” itself.
  func findNegation(_ letters: Range<Int>, _ match: inout Match) {
    let apostrophe = end(from: letters.lowerBound) { $0 == .asciiLetter || $0 == .softHyphen }
    let length = apostropheLength(at: apostrophe, .any)
    guard length > 0, small(at(apostrophe - 1)) == 0x6E, small(at(apostrophe + length)) == 0x74
    else { return }
    let end = apostrophe + length + 1
    if apostrophe == letters.lowerBound + 1 {
      let isApostrophe = apostropheLength(at: apostrophe, .apostrophe) > 0
      match.consider(
        end,
        .writeApostrophe(
          apostrophe..<apostrophe + length, as: UInt8(ascii: isApostrophe ? "'" : "`")))
    } else if small(at(apostrophe - 2)) != 0x6E {
      match.consider(apostrophe - 1, reading: end, .keepWithoutSoftHyphens)
    }
  }

  /// Words that keep their apostrophe.
  func findApostropheWord(_ letters: Range<Int>, _ match: inout Match) {
    let apostrophe = letters.upperBound
    let anyLength = apostropheLength(at: apostrophe, .any)
    if anyLength > 0, letters.count == 1, small(at(letters.lowerBound)) == 0x6F,
      small(at(apostrophe + anyLength)) == 0x6F
    {
      match.consider(apostrophe + anyLength + 1)
    }
    if at(apostrophe) == Character.apostrophe {
      for word in Self.wordsWithApostrophe where hasPrefix(word, at: letters.lowerBound) {
        match.consider(letters.lowerBound + word.utf8CodeUnitCount)
      }
    }
    let length = apostropheLength(at: apostrophe, .apostrophe)
    guard length > 0 else { return }
    let end = apostrophe + length
    func isWord(_ word: StaticString) -> Bool {
      letters.count == word.utf8CodeUnitCount && hasPrefix(word, at: letters.lowerBound)
    }
    if isWord("cap"), hasPrefix("n", at: end) { match.consider(end + 1) }
    if isWord("c"), hasPrefix("est", at: end) { match.consider(end + 3) }
    if isWord("y"), [.asciiLetter, .letter].contains(kind(at: end)) { match.consider(end) }
    for word in Self.wordsBeforeApostrophe where isWord(word) { match.consider(end) }
  }

  /// “N'Djamena” and “T'Pol”: one letter, an apostrophe and at least two letters.
  func nameEnd(_ letters: Range<Int>) -> Int? {
    guard letters.count == 1 else { return nil }
    let letter = at(letters.lowerBound)
    let isPrefix = isCapital(at: letters.lowerBound) || [0x64, 0x6C, 0x6E, 0x6F].contains(letter)
    guard isPrefix, letter != 0x49, letter != 0x59 else { return nil }
    let length = apostropheLength(at: letters.upperBound, .any)
    let start = letters.upperBound + length
    let end = end(from: start) { $0 == .asciiLetter || $0 == .letter }
    return length > 0 && end >= start + 2 ? end : nil
  }

  private static let wordsWithApostrophe: [StaticString] = [
    "c'mon", "e'er", "ev'ry", "li'l", "nat'l", "nor'easter", "s'mores",
  ]

  private static let wordsBeforeApostrophe: [StaticString] = [
    "d", "dunkin", "j", "l", "ol", "somethin",
  ]

  /// A vowel, an apostrophe, and a vowel or a capital: `ma'am`, `Hawai'i`, `Ha'Penny`.
  func vowelsJoinedEnd(at place: Int) -> Int? {
    let apostrophe = end(from: place) { $0 == .asciiLetter || $0 == .letter }
    guard apostrophe >= place + 2 else { return nil }
    let length = apostropheLength(at: apostrophe, .any)
    let next = apostrophe + length
    guard length > 0, isVowel(at: apostrophe - 1) || small(at(apostrophe - 1)) == 0x79,
      isVowel(at: next) || isCapital(at: next)
    else { return nil }
    return end(from: next) { $0 == .asciiLetter || $0 == .letter }
  }

  private func isVowel(at place: Int) -> Bool {
    switch small(at(place)) {
    case 0x61, 0x65, 0x69, 0x6F, 0x75: true
    default: false
    }
  }

  // MARK: - Tokens that begin with an apostrophe

  func findApostrophe(at place: Int, _ match: inout Match) {
    let isPlain = at(place) == Character.apostrophe
    let length = apostropheLength(at: place, .apostrophe)
    let next = place + length
    findClitic(at: place, length, &match)
    for word in ["em", "til", "till", "cause"] as [StaticString] where hasPrefix(word, at: next) {
      match.consider(next + word.utf8CodeUnitCount)
    }
    if hasPrefix("n", at: next) {
      match.consider(next + 1 + apostropheLength(at: next + 1, .apostrophe))
    }
    findDecade(at: next, &match)
    guard isPlain else { return }
    if hasPrefix("tis", at: next) { match.consider(next + 1, reading: next + 3) }
    if hasPrefix("twas", at: next) { match.consider(next + 1, reading: next + 4) }
    // A quotation mark before a word.
    if isASCIILetter(at: next) {
      switch at(next + 1) {
      case 0x09, Character.newline, Character.space, Character.noBreakSpace: break
      default: match.consider(next, reading: next + 2, .drop)
      }
    }
    match.consider(at(next) == Character.apostrophe ? next + 1 : next, .drop)
  }

  private func findClitic(at place: Int, _ length: Int, _ match: inout Match) {
    guard let end = clitic(at: place)?.upperBound else { return }
    let isPlain = at(place) == Character.apostrophe
    // After the plain apostrophe another character has to follow, which is no letter; a single
    // letter may end all text.
    if isPlain, isASCIILetter(at: end) { return }
    if isPlain, end == text.count, end > place + 2 { return }
    match.consider(
      end, reading: isPlain && end < text.count ? end + 1 : end,
      .writeApostrophe(place..<place + length, as: UInt8(ascii: "'")))
  }

  /// “'80s”, and “'80” or any other year before white space.
  private func findDecade(at place: Int, _ match: inout Match) {
    guard kind(at: place) == .asciiDigit, kind(at: place + 1) == .asciiDigit else { return }
    if separates(at: place + 2) { match.consider(place + 2, reading: place + 3) }
    let isDecade = at(place) >= 0x32 && at(place + 1) == 0x30
    if isDecade, hasPrefix("s", at: place + 2) { match.consider(place + 3) }
  }

  // MARK: - Quotation marks

  /// Two quotation marks are one token; where the reference makes something of the two that
  /// pycocoevalcap does not take for punctuation, they stay.
  func findQuotationMarks(at place: Int, _ match: inout Match) {
    guard let first = quotationMark(at: place) else { return }
    switch first {
    case .low, .doubleLow, .doubleHighReversed: match.consider(place + 1)
    default: match.consider(place + 1, .drop)
    }
    guard let second = quotationMark(at: place + 1) else { return }
    let isPunctuation = first == second && (first == .opening || first == .closing)
    match.consider(place + 2, isPunctuation ? .drop : .writeQuotationMarks(first, second))
  }

  /// What the reference writes for a quotation mark.
  enum QuotationMark: String {
    case opening = "`"
    case closing = "'"
    case doubleOpening = "``"
    case doubleClosing = "''"
    case low = "‚"
    case doubleLow = "„"
    case doubleHighReversed = "‟"
  }

  /// A quotation mark other than those of ASCII that stand for both, opening and closing.
  private func quotationMark(at place: Int) -> QuotationMark? {
    switch at(place) {
    case Character.graveAccent, 0x91, 0x2018, 0x201B, 0x2039: .opening
    case 0x92, 0x2019, 0x203A: .closing
    case 0x93, 0xAB, 0x201C: .doubleOpening
    case 0x94, 0xBB, 0x201D: .doubleClosing
    case 0x201A: .low
    case 0x201E: .doubleLow
    case 0x201F: .doubleHighReversed
    default: nil
    }
  }
}
