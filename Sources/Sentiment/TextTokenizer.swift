/// Cuts running text into the words that the classifier reads.
///
/// Text is lower-cased and typographic marks become plain ones (`TextScalars`). Words are runs of
/// letters and digits, with apostrophes inside; negations and other clitics are words of their own,
/// as in the Penn Treebank (“can't” is `ca` and `n't`), whether the text has them joined, apart or
/// without the apostrophe (`Contractions`). Three and more equal letters become two (“soooo” is
/// `soo`), so that elongations meet each other; repeated exclamation and question marks, commas and
/// smileys become one, and dots become `...`. Smileys and emoji are words (`Emoticons`). What parts
/// paragraphs in HTML is the word `<p>`, other tags are left out. Hyphens part words; other symbols
/// are left out and counted.
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
    /// How many symbols, such as emoji that say nothing certain, are no part of any word.
    package var symbols = 0
  }

  /// The word that stands for a line break of HTML.
  package static let paragraph = "<p>"

  package static func tokenize(_ text: String) -> Result {
    var scanner = Scanner(TextScalars(text))
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

private struct Scanner {
  private let text: [UInt32]
  private let offsets: [Int]
  private var result = TextTokenizer.Result()
  private var index = 0
  /// Ends of what is hidden that do not follow any more.
  private var unclosed: Set<[UInt32]> = []

  init(_ characters: TextScalars) {
    (text, offsets) = (characters.scalars, characters.offsets)
  }

  mutating func scan() -> TextTokenizer.Result {
    while index < text.count {
      if let smiley = Emoticons.match(text, at: index, isWordCharacter: isWordCharacter) {
        let start = index
        index = smiley.end
        addOnce(smiley.word, from: start)
      } else if isWordCharacter(index) {
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
    guard text.indices.contains(place) else { return false }
    return isWordValue(text[place])
  }

  private func isWordValue(_ value: UInt32) -> Bool {
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

  /// A run of letters and digits with apostrophes inside, and a negation's `n't` that stands apart:
  /// “do n't”, as some corpora write, is read like “don't”.
  private mutating func word() {
    let start = index
    if let broken = Contractions.broken(text, at: index, isWordCharacter: isWordCharacter) {
      index = broken.end
      append(
        broken.word,
        places: Array(start..<broken.firstEnd + 1)
          + Array(broken.end - (broken.word.count - (broken.firstEnd - start) - 1)..<broken.end))
      return
    }
    endOfWord()
    let run = text[start..<index]
    for apart in Self.apartNot where isAt(index, apart) && !isWordCharacter(index + apart.count) {
      // “Windows nt” is no negation.
      let isNegation =
        apart.contains(Ascii.apostrophe)
        || Contractions.isStem(run + TextTokenizer.not.prefix(1))
      guard isNegation else { continue }
      let first = index + 1
      index += apart.count
      append(
        Array(run) + TextTokenizer.not,
        places: Array(start..<first - 1) + [first, index - 2, index - 1])
      return
    }
    if let whole = Contractions.repaired(run) {
      append(whole, places: Self.places(of: whole, in: run))
    } else {
      // “it''s”, as databases double it.
      let places = run.indices.filter {
        run[$0] != Ascii.apostrophe || $0 == start || run[$0 - 1] != Ascii.apostrophe
      }
      append(places.map { run[$0] }, places: places)
    }
  }

  /// Where the characters of a repaired contraction stand: the apostrophe with the letter behind it.
  private static func places(of whole: [UInt32], in run: ArraySlice<UInt32>) -> [Int] {
    let letters = run.indices.filter { run[$0] != Ascii.apostrophe }
    var next = 0
    return whole.map { character in
      defer { next += character == Ascii.apostrophe ? 0 : 1 }
      return letters[next]
    }
  }

  private static let apartNot = [" n't", " nt"].map(TextTokenizer.scalars)

  private mutating func endOfWord() {
    while isWordCharacter(index) {
      index += 1
      guard index < text.count, text[index] == Ascii.apostrophe else { continue }
      if isWordCharacter(index + 1) {
        index += 1
      } else if isAt(index + 1, [Ascii.apostrophe]), isWordCharacter(index + 2) {
        index += 2
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
    guard let scalar = Unicode.Scalar(text[index]) else {
      index += 1
      return
    }
    if let tag = tag() {
      index = tag.end
      if tag.partsParagraphs, !result.tokens.isEmpty {
        addOnce(TextTokenizer.paragraph, from: start)
      }
      return
    }
    index += 1
    switch scalar {
    case "'": apostrophe(start)
    case ".":
      while index < text.count, text[index] == Ascii.dot { index += 1 }
      add(index - start > 1 ? "..." : ".", from: start)
    case "!", "?", ",", "*": addOnce(String(scalar), from: start)
    case ";", ":", "(", ")", "\"", "/", "&", "$", "%": add(String(scalar), from: start)
    case "★", "⭐", "☆": stars(start)
    default:
      if let word = Emoticons.word(of: scalar) { return addOnce(word, from: start) }
      if Emoticons.isModifier(scalar) { return }
      switch scalar.properties.generalCategory {
      case .otherSymbol, .unassigned, .privateUse: result.symbols += 1
      default: break
      }
    }
  }

  /// “★★☆☆☆” is “2 stars”; fewer than three are an ornament.
  private mutating func stars(_ start: Int) {
    index = start
    var (full, all) = (0, 0)
    while index < text.count, let star = Unicode.Scalar(text[index]),
      "★⭐☆".unicodeScalars.contains(star)
    {
      full += star == "☆" ? 0 : 1
      all += 1
      index += 1
    }
    guard (3...10).contains(all) else {
      result.symbols += all
      return
    }
    // The first star is the number, the others are the word.
    result.tokens.append(.init(text: "\(full)", bytes: offsets[start]..<offsets[start + 1]))
    add(full == 1 ? "star" : "stars", from: start + 1)
  }

  private mutating func apostrophe(_ start: Int) {
    if index < text.count, text[index] == Ascii.apostrophe {
      index += 1
      add("\"", from: start)
      return
    }
    guard isWordCharacter(index) else { return }
    // The longest run without a second apostrophe, as a word that begins with one.
    var end = index
    while isWordCharacter(end) { end += 1 }
    let word = text[start..<end]
    if !result.tokens.isEmpty, TextTokenizer.clitics.contains(where: { word.elementsEqual($0) }) {
      index = end
      add(word, bytes: offsets[start]..<offsets[index])
    } else if Self.isLetter(text[start + 1]), !word.elementsEqual(TextTokenizer.them) {
      // An opening quotation mark.
      self.word()
    } else {
      index = end
      append(Array(word), places: Array(start..<index))
    }
  }

  /// The tag of HTML that begins here, a comment, or a script or style with all that is in it.
  private mutating func tag() -> (end: Int, partsParagraphs: Bool)? {
    guard text[index] == Self.tagStart else { return nil }
    for (opening, closing) in Self.hidden
    where isAt(index, opening) && !unclosed.contains(closing) {
      if let end = firstPlace(of: closing, from: index + opening.count) {
        return (end + closing.count, true)
      }
      // It is looked for once.
      unclosed.insert(closing)
    }
    var end = index + 1
    if end < text.count, text[end] == Ascii.slash { end += 1 }
    let name = text[end...].prefix(Self.longestTag).prefix { isWordValue($0) }
    guard let partsParagraphs = Self.tags[Array(name)] else { return nil }
    end += name.count
    // Until the end or the next tag: the marks between them are looked at once.
    while end < text.count, text[end] != Self.tagEnd, text[end] != Self.tagStart { end += 1 }
    return end < text.count && text[end] == Self.tagEnd ? (end + 1, partsParagraphs) : nil
  }

  /// What is not shown, from its beginning to its end.
  private static let hidden = [
    ("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>"), ("<!doctype", ">"),
  ].map { (TextTokenizer.scalars($0), TextTokenizer.scalars($1)) }

  private func firstPlace(of pattern: [UInt32], from start: Int) -> Int? {
    var place = start
    while place + pattern.count <= text.count {
      if text[place] == pattern[0], isAt(place, pattern) { return place }
      place += 1
    }
    return nil
  }

  private static let tagStart = UInt32(UInt8(ascii: "<"))
  private static let tagEnd = UInt32(UInt8(ascii: ">"))

  /// The tags that are known, and whether they part paragraphs.
  private static let tags: [[UInt32]: Bool] = {
    let parting = """
      br p div li ul ol dl dt dd tr td th table thead tbody hr h1 h2 h3 h4 h5 h6 blockquote pre \
      section article header footer main nav form html head body title center figure aside
      """
    let others = """
      a b i u s em strong span font small big sub sup code tt q cite img del ins mark wbr meta link \
      input button label svg path iframe video audio source picture script style noscript
      """
    var tags: [[UInt32]: Bool] = [:]
    for name in parting.split(separator: " ") { tags[TextTokenizer.scalars(String(name))] = true }
    for name in others.split(separator: " ") { tags[TextTokenizer.scalars(String(name))] = false }
    return tags
  }()
  private static let longestTag = (tags.keys.map(\.count).max() ?? 0) + 1

  /// Adds a word unless it is the last already.
  private mutating func addOnce(_ text: String, from start: Int) {
    if result.tokens.last?.text != text { add(text, from: start) }
  }

  private mutating func add(_ text: String, from start: Int) {
    result.tokens.append(.init(text: text, bytes: offsets[start]..<offsets[index]))
  }
}

extension ArraySlice<UInt32> {
  fileprivate func ends(with suffix: [UInt32]) -> Bool {
    count >= suffix.count && self.suffix(suffix.count).elementsEqual(suffix)
  }
}
