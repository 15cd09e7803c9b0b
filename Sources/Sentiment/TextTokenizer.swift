/// Cuts running text into the words that the classifier reads.
///
/// Text is lower-cased and typographic marks become plain ones. Words are runs of letters and
/// digits, with apostrophes inside; negations and other clitics are words of their own, as in the
/// Penn Treebank (“can't” is `ca` and `n't`), whether the text has them joined or apart already.
/// Three and more equal letters become two (“soooo” is `soo`), so that elongations meet each other;
/// repeated exclamation and question marks and commas become one, and dots become `...`. A line
/// break of HTML is the word `<p>`. Hyphens part words; other symbols are left out and counted.
package enum TextTokenizer {
  /// A word and where it came from.
  package struct Token: Equatable, Sendable {
    package let text: String
    /// Its place in the text, in bytes of UTF-8. Clitics share no bytes with their word.
    package let bytes: Range<Int>

    package init(text: String, bytes: Range<Int>) {
      self.text = text
      self.bytes = bytes
    }
  }

  /// What a text was cut into.
  package struct Result: Equatable, Sendable {
    package var tokens: [Token] = []
    /// How many symbols, such as emoji, are no part of any word.
    package var symbols = 0
  }

  /// The word that stands for a line break of HTML.
  package static let paragraph = "<p>"

  package static func tokenize(_ text: String) -> Result {
    var scanner = Scanner(Characters(text))
    return scanner.scan()
  }

  /// The words alone.
  package static func words(of text: String) -> [String] { tokenize(text).tokens.map(\.text) }

  /// The clitics that are words of their own.
  fileprivate static let clitics: [[UInt32]] = ["'s", "'re", "'ve", "'ll", "'d", "'m"].map(scalars)
  fileprivate static let not = scalars("n't")
  fileprivate static let them = scalars("'em")

  fileprivate static func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }
}

/// A text's scalars, lower-cased, each with its place in the text.
private struct Characters {
  private(set) var scalars: [UInt32] = []
  /// For each scalar its first byte in the text; one more at the end.
  private(set) var offsets: [Int] = []

  init(_ text: String) {
    scalars.reserveCapacity(text.utf8.count)
    offsets.reserveCapacity(text.utf8.count + 1)
    var offset = 0
    for scalar in text.unicodeScalars {
      append(scalar, at: offset)
      offset += UTF8.width(scalar)
    }
    offsets.append(offset)
  }

  private mutating func append(_ scalar: Unicode.Scalar, at offset: Int) {
    func add(_ value: UInt32) {
      scalars.append(value)
      offsets.append(offset)
    }
    let value = scalar.value
    if value < 0x80 {
      switch scalar {
      case "A"..."Z": add(value + 32)
      case "`": add(Ascii.apostrophe)
      default: add(value)
      }
      return
    }
    switch value {
    case 0x2018, 0x2019, 0xB4, 0x91, 0x92: add(Ascii.apostrophe)
    case 0x201C, 0x201D, 0x93, 0x94: add(Ascii.quote)
    case 0x2026, 0x85: for _ in 0..<3 { add(Ascii.dot) }
    case 0x2013, 0x2014, 0x96, 0x97: add(Ascii.space)
    default: for lower in scalar.properties.lowercaseMapping.unicodeScalars { add(lower.value) }
    }
  }
}

private enum Ascii {
  static let apostrophe = UInt32(UInt8(ascii: "'"))
  static let quote = UInt32(UInt8(ascii: "\""))
  static let dot = UInt32(UInt8(ascii: "."))
  static let space = UInt32(UInt8(ascii: " "))
}

private struct Scanner {
  private let text: [UInt32]
  private let offsets: [Int]
  private var result = TextTokenizer.Result()
  private var index = 0

  init(_ characters: Characters) {
    (text, offsets) = (characters.scalars, characters.offsets)
  }

  mutating func scan() -> TextTokenizer.Result {
    while index < text.count {
      if isWordCharacter(index) {
        word()
      } else {
        mark()
      }
    }
    while result.tokens.last?.text == TextTokenizer.paragraph { result.tokens.removeLast() }
    return result
  }

  /// Whether a letter or digit stands at a place.
  private func isWordCharacter(_ place: Int) -> Bool {
    guard place < text.count else { return false }
    let value = text[place]
    if value < 0x80 { return Self.isLetter(value) || (48...57).contains(value) }
    guard let scalar = Unicode.Scalar(value) else { return false }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      return true
    default: return false
    }
  }

  /// Whether a scalar, lower-cased, is a letter.
  private static func isLetter(_ value: UInt32) -> Bool {
    if value < 0x80 { return (97...122).contains(value) }
    return Unicode.Scalar(value)?.properties.isAlphabetic ?? false
  }

  private func isAt(_ place: Int, _ pattern: [UInt32]) -> Bool {
    place >= 0 && place + pattern.count <= text.count
      && (0..<pattern.count).allSatisfy { text[place + $0] == pattern[$0] }
  }

  /// A run of letters and digits with single apostrophes inside.
  private mutating func word() {
    let start = index
    endOfWord()
    // “do n't”, as some corpora write, is read like “don't”.
    if isAt(index, Self.apartNot), !isWordCharacter(index + Self.apartNot.count) {
      let joined = Array(text[start..<index])
      let (before, first) = (joined, index + 1)
      index += Self.apartNot.count
      append(before + TextTokenizer.not, places: Array(start..<first - 1) + Array(first..<index))
      return
    }
    append(Array(text[start..<index]), places: Array(start..<index))
  }

  private static let apartNot = TextTokenizer.scalars(" n't")

  private mutating func endOfWord() {
    while isWordCharacter(index) {
      index += 1
      if index < text.count, text[index] == Ascii.apostrophe, isWordCharacter(index + 1) {
        index += 1
      }
    }
  }

  /// Adds a word cut into itself and its clitics.
  ///
  /// - Parameter places: of each scalar, where it stands.
  private mutating func append(_ word: [UInt32], places: [Int]) {
    var end = word.count
    var starts: [Int] = []
    cutting: while true {
      let rest = word[..<end]
      if end > TextTokenizer.not.count, rest.ends(with: TextTokenizer.not) {
        end -= TextTokenizer.not.count
        starts.append(end)
        continue
      }
      for clitic in TextTokenizer.clitics where end > clitic.count && rest.ends(with: clitic) {
        end -= clitic.count
        starts.append(end)
        continue cutting
      }
      break
    }
    var first = 0
    for start in starts.reversed() + [word.count] {
      add(word[first..<start], bytes: offsets[places[first]]..<offsets[places[start - 1] + 1])
      first = start
    }
  }

  /// Adds a word after shortening runs of three and more equal letters.
  private mutating func add(_ word: ArraySlice<UInt32>, bytes: Range<Int>) {
    var shortened = String.UnicodeScalarView()
    var run = 0
    var last: UInt32?
    for value in word {
      run = value == last && Self.isLetter(value) ? run + 1 : 1
      last = value
      if run <= 2, let scalar = Unicode.Scalar(value) { shortened.append(scalar) }
    }
    result.tokens.append(.init(text: String(shortened), bytes: bytes))
  }

  /// Whatever is not a letter or digit.
  private mutating func mark() {
    let start = index
    guard let scalar = Unicode.Scalar(text[index]) else { return index += 1 }
    if let end = endOfLineBreak() {
      index = end
      let paragraph = TextTokenizer.paragraph
      if !result.tokens.isEmpty, result.tokens.last?.text != paragraph {
        add(paragraph, from: start)
      }
      return
    }
    index += 1
    switch scalar {
    case "'": apostrophe(start)
    case ".":
      while index < text.count, text[index] == Ascii.dot { index += 1 }
      add(index - start > 1 ? "..." : ".", from: start)
    case "!", "?", ",", "*":
      if result.tokens.last?.text != String(scalar) { add(String(scalar), from: start) }
    case ";", ":", "(", ")", "\"", "/", "&", "$", "%": add(String(scalar), from: start)
    default:
      switch scalar.properties.generalCategory {
      case .otherSymbol, .unassigned, .privateUse: result.symbols += 1
      default: break
      }
    }
  }

  private mutating func apostrophe(_ start: Int) {
    if index < text.count, text[index] == Ascii.apostrophe {
      index += 1
      add("\"", from: start)
      return
    }
    guard isWordCharacter(index) else { return }
    // The longest run without a second apostrophe, as a word that begins with one.
    while isWordCharacter(index) { index += 1 }
    let word = text[start..<index]
    if !result.tokens.isEmpty, TextTokenizer.clitics.contains(where: { word.elementsEqual($0) }) {
      add(word, bytes: offsets[start]..<offsets[index])
    } else if Self.isLetter(text[start + 1]), !word.elementsEqual(TextTokenizer.them) {
      // An opening quotation mark.
      append(Array(word.dropFirst()), places: Array(start + 1..<index))
    } else {
      append(Array(word), places: Array(start..<index))
    }
  }

  /// Where a `<br />` that begins here ends.
  private func endOfLineBreak() -> Int? {
    guard isAt(index, Self.lineBreak) else { return nil }
    var end = index + Self.lineBreak.count
    while end < text.count, text[end] == Ascii.space || (9...13).contains(text[end]) { end += 1 }
    if end < text.count, text[end] == UInt32(UInt8(ascii: "/")) { end += 1 }
    return end < text.count && text[end] == UInt32(UInt8(ascii: ">")) ? end + 1 : nil
  }

  private static let lineBreak = TextTokenizer.scalars("<br")

  private mutating func add(_ text: String, from start: Int) {
    result.tokens.append(.init(text: text, bytes: offsets[start]..<offsets[index]))
  }
}

extension ArraySlice<UInt32> {
  fileprivate func ends(with suffix: [UInt32]) -> Bool {
    count >= suffix.count && self.suffix(suffix.count).elementsEqual(suffix)
  }
}
