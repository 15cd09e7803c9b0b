/// Cuts one caption into tokens, from left to right: at each place the rule that reads furthest
/// finds the next token, and of two that read equally far the one that is asked first.
///
/// No rule reads the same stretch again and again: one that may look far beyond what it takes keeps
/// what it learned for the next place that asks, so that the time is linear in the caption's length.
struct PTBScanner {
  /// The caption's characters, and those of what follows it that a token may depend on.
  var text: [UInt32] = []
  /// Where the caption's characters end in `text`.
  var end = 0
  /// The tokens so far, as UTF-8, each with a space after it.
  var output: [UInt8] = []
  /// Whether the last token of the caption so far is one that was left out.
  var endsInPunctuation = false
  var lookahead = Lookahead()

  private let kinds = PTBCharacterKind.table

  /// What a rule found.
  struct Match {
    /// How far the rule has read: beyond the token where it depends on what follows.
    var read: Int
    var end: Int
    var action: Action

    static let none = Match(read: 0, end: 0, action: .drop)

    /// Becomes the token that another rule found, if that one read further.
    mutating func consider(_ end: Int?, reading read: Int? = nil, _ action: Action = .keep) {
      guard let end, (read ?? end) > self.read else { return }
      self = Match(read: read ?? end, end: end, action: action)
    }
  }

  /// What becomes of a token.
  enum Action {
    case keep
    /// Keeps it without its soft hyphens.
    case keepWithoutSoftHyphens
    /// Leaves it out, as the reference does: it is no token.
    case skip
    /// Leaves it out, as pycocoevalcap does with punctuation.
    case drop
    /// Keeps it with its round brackets spelled out.
    case keepSpellingBrackets
    /// Keeps it with `&amp;` written `&`.
    case keepDecodingAmpersands
    /// Keeps it as two tokens, of which the second begins here.
    case cut(at: Int)
    case replace(StaticString)
    case writeQuotationMarks(QuotationMark, QuotationMark)
    /// Writes the apostrophe in this range as this character.
    case writeApostrophe(Range<Int>, as: UInt8)
  }

  /// The tokens of a caption that pycocoevalcap keeps, joined by one space.
  ///
  /// - Parameter following: what follows the caption: its line's end and what comes after, as far as
  ///   a token may depend on it, or nothing at the end of all text.
  mutating func tokens(of caption: String, before following: [UInt32]) -> String {
    load(caption, before: following)
    var place = 0
    while place < end { place = scanToken(at: place) }
    return trimmedOutput()
  }

  private mutating func load(_ caption: String, before following: [UInt32]) {
    output.removeAll(keepingCapacity: true)
    endsInPunctuation = false
    lookahead = Lookahead()
    text.removeAll(keepingCapacity: true)
    text.reserveCapacity(caption.utf8.count + following.count)
    output.reserveCapacity(caption.utf8.count + 16)
    for scalar in caption.unicodeScalars {
      text.append(PTBTokenizer.isLineSeparator(scalar.value) ? Character.space : scalar.value)
    }
    foldAccentedLetters()
    end = text.count
    text += following
  }

  private mutating func scanToken(at place: Int) -> Int {
    let match: Match
    switch kind(at: place) {
    case .newline: return place + 1
    case .space:
      let end = end(from: place) { $0 == .space }
      match = symbol(at: place, until: end, .skip)
    case .asciiLetter:
      if let end = plainWord(at: place) { return end }
      match = word(at: place)
    case .letter, .mark, .softHyphen: match = word(at: place)
    case .asciiDigit, .digit: match = numeral(at: place)
    case .punctuation: match = punctuation(at: place)
    case .symbol: match = symbol(at: place, until: place + 1, .keep)
    case .dropped: match = symbol(at: place, until: place + 1, .skip)
    }
    // Every rule takes something; this is what makes it certain that scanning ends.
    let end = min(max(match.end, place + 1), self.end)
    perform(match.action, on: place..<end)
    return end
  }

  /// Characters that are nothing in themselves may still begin an address.
  private mutating func symbol(at place: Int, until end: Int, _ action: Action) -> Match {
    var match = Match.none
    match.consider(hostEnd(at: place))
    match.consider(end, action)
    return match
  }

  // MARK: - Characters

  /// The character at a place; a line's end beyond the text.
  func at(_ place: Int) -> UInt32 {
    place < text.count ? text[place] : Character.newline
  }

  func kind(at place: Int) -> PTBCharacterKind {
    let character = at(place)
    if character < 0x10000 { return kinds[Int(character)] }
    return character >= AccentedLetter.first ? .mark : .dropped
  }

  func isASCIILetter(at place: Int) -> Bool { kind(at: place) == .asciiLetter }

  func isCapital(at place: Int) -> Bool { (0x41...0x5A).contains(at(place)) }

  /// Whether the text goes on with these ASCII letters and signs, whatever the letters' case.
  ///
  /// - Parameter expected: in small letters.
  func hasPrefix(_ expected: StaticString, at place: Int) -> Bool {
    expected.withUTF8Buffer { expected in
      for (offset, byte) in expected.enumerated() where small(at(place + offset)) != UInt32(byte) {
        return false
      }
      return true
    }
  }

  /// An ASCII capital as a small letter; every other character as it is.
  func small(_ character: UInt32) -> UInt32 {
    (0x41...0x5A).contains(character) ? character | 0x20 : character
  }

  /// The end of the stretch from a place on whose characters fulfil a condition.
  func end(from place: Int, while condition: (PTBCharacterKind) -> Bool) -> Int {
    var end = place
    while condition(kind(at: end)) { end += 1 }
    return end
  }

  /// The characters that rules name.
  enum Character {
    static let newline: UInt32 = 0x0A
    static let space: UInt32 = 0x20
    static let exclamationMark: UInt32 = 0x21
    static let quotationMark: UInt32 = 0x22
    static let numberSign: UInt32 = 0x23
    static let dollar: UInt32 = 0x24
    static let ampersand: UInt32 = 0x26
    static let apostrophe: UInt32 = 0x27
    static let leftBracket: UInt32 = 0x28
    static let rightBracket: UInt32 = 0x29
    static let asterisk: UInt32 = 0x2A
    static let plus: UInt32 = 0x2B
    static let comma: UInt32 = 0x2C
    static let hyphen: UInt32 = 0x2D
    static let fullStop: UInt32 = 0x2E
    static let slash: UInt32 = 0x2F
    static let colon: UInt32 = 0x3A
    static let semicolon: UInt32 = 0x3B
    static let less: UInt32 = 0x3C
    static let equals: UInt32 = 0x3D
    static let greater: UInt32 = 0x3E
    static let questionMark: UInt32 = 0x3F
    static let atSign: UInt32 = 0x40
    static let backslash: UInt32 = 0x5C
    static let underscore: UInt32 = 0x5F
    static let graveAccent: UInt32 = 0x60
    static let leftBrace: UInt32 = 0x7B
    static let verticalBar: UInt32 = 0x7C
    static let rightBrace: UInt32 = 0x7D
    static let noBreakSpace: UInt32 = 0xA0
    static let softHyphen: UInt32 = 0xAD
    static let nextLine: UInt32 = 0x85
    static let ellipsis: UInt32 = 0x2026
    static let ideographicComma: UInt32 = 0x3001
    static let arabicDecimalSeparator: UInt32 = 0x066B
    static let arabicThousandsSeparator: UInt32 = 0x066C
    static let fractionSlash: UInt32 = 0x2044
  }
}
