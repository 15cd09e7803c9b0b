/// What the tokenizer needs to know of one character.
enum PTBCharacterKind: UInt8 {
  /// Anything that no token begins with, and that separates words.
  case dropped
  case space
  /// A line's end: the character after a caption's last.
  case newline
  /// `A` to `Z` and `a` to `z`.
  case asciiLetter
  case letter
  case mark
  /// U+00AD, which words lose.
  case softHyphen
  case asciiDigit
  case digit
  /// A token of its own.
  case symbol
  /// ASCII punctuation, and the characters that the scanner treats one by one.
  case punctuation

  /// Whether a word may begin with this character.
  var beginsWord: Bool {
    switch self {
    case .asciiLetter, .letter, .mark, .softHyphen: true
    default: false
    }
  }

  var isDigit: Bool { self == .asciiDigit || self == .digit }

  /// Whether this is a letter or digit of ASCII.
  var isASCIIAlphanumeric: Bool { self == .asciiLetter || self == .asciiDigit }

  /// Whether hyphenated words may hold this character.
  var isAlphanumeric: Bool {
    switch self {
    case .asciiLetter, .letter, .asciiDigit, .digit: true
    default: false
    }
  }

  static func of(_ character: UInt32) -> PTBCharacterKind {
    character < 0x10000 ? table[Int(character)] : .dropped
  }

  /// The kinds of the Basic Multilingual Plane's characters, by code point.
  static let table: [PTBCharacterKind] = {
    var table = [PTBCharacterKind](repeating: .dropped, count: 0x10000)
    func mark(_ ranges: [PTBCharacterRanges.Range], _ kind: PTBCharacterKind) {
      for range in ranges {
        for code in Int(range.first)...Int(range.last) { table[code] = kind }
      }
    }
    mark(PTBCharacterRanges.letters, .letter)
    mark(PTBCharacterRanges.marks, .mark)
    mark(PTBCharacterRanges.digits, .digit)
    mark(PTBCharacterRanges.symbols, .symbol)
    mark([(0x21, 0x7E)], .punctuation)
    mark([(0x30, 0x39)], .asciiDigit)
    mark([(0x41, 0x5A), (0x61, 0x7A)], .asciiLetter)
    mark([(0x09, 0x09), (0x20, 0x20), (0xA0, 0xA0), (0x2000, 0x200A), (0x3000, 0x3000)], .space)
    mark([(0x0A, 0x0A)], .newline)
    mark([(0xAD, 0xAD)], .softHyphen)
    for character in PTBScanner.singlyTreated { table[Int(character)] = .punctuation }
    return table
  }()
}
