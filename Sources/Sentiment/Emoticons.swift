/// Smileys and emoji as words: those that say the same are the same word, such as `:)`.
///
/// Which feeling an emoji goes with follows Kralj Novak et al. 2015, "Sentiment of emojis"
/// (doi 10.1371/journal.pone.0144296), where it was counted.
enum Emoticons {
  /// A smiley that begins at a place.
  struct Match: Equatable {
    let word: String
    /// Where it ends.
    let end: Int
  }

  /// - Parameters:
  ///   - text: lower-cased scalars.
  ///   - isWordCharacter: whether a letter or digit stands at a place, which may be beyond the text.
  static func match(
    _ text: [UInt32], at start: Int, isWordCharacter: (Int) -> Bool
  ) -> Match? {
    func character(_ place: Int) -> Character? {
      guard text.indices.contains(place), let scalar = Unicode.Scalar(text[place]) else {
        return nil
      }
      return Character(scalar)
    }
    func isGap(_ place: Int) -> Bool { character(place).map(\.isWhitespace) ?? true }
    guard mayBegin(text, at: start) else { return nil }
    for (pattern, word) in whole[text[start]] ?? [] {
      let end = start + pattern.count
      guard text[start...].starts(with: pattern), !isWordCharacter(start - 1),
        !isWordCharacter(end)
      else { continue }
      return Match(word: word, end: end)
    }
    guard beginnings.contains(text[start]), let first = character(start) else { return nil }
    // From the left: (: and (;
    if first == "(" || first == ")" {
      guard let eyes = character(start + 1), ":;=".contains(eyes), isGap(start - 1),
        isGap(start + 2)
      else { return nil }
      return Match(word: first == "(" ? ":)" : ":(", end: start + 2)
    }
    if first == "<" {
      let broken = character(start + 1) == "/"
      var end = start + (broken ? 2 : 1)
      guard character(end) == "3", !isWordCharacter(start - 1) else { return nil }
      while character(end) == "3" { end += 1 }
      guard !isWordCharacter(end), !isCount(text, at: end) else { return nil }
      return Match(word: broken ? "</3" : "<3", end: end)
    }
    let isAngry = first == ">"
    var place = start + (isAngry ? 1 : 0)
    guard let eyes = character(place), ":;=".contains(eyes) else { return nil }
    place += 1
    var hasTear = false
    if character(place) == "'" || character(place) == ",", character(place + 1) != " " {
      hasTear = true
      place += 1
    }
    if let nose = character(place), "-o^".contains(nose) { place += 1 }
    guard let mouth = character(place) else { return nil }
    var end = place + 1
    while "()d".contains(mouth), character(end) == mouth { end += 1 }
    let isBeforeWord = isWordCharacter(end)
    // “note:do”, “a=(b+c)”, “as follows:(a)”: code and lists, no smileys.
    if mouth.isLetter || mouth.isNumber || eyes == "=" {
      guard !isWordCharacter(start - 1), !isBeforeWord else { return nil }
    }
    if isBeforeWord, isWordCharacter(start - 1) { return nil }
    switch mouth {
    case ")", "]", "}": return Match(word: eyes == ";" ? ";)" : ":)", end: end)
    case "d": return Match(word: ":d", end: end)
    case "p", "b": return Match(word: ":p", end: end)
    case "3": return Match(word: ":)", end: end)
    case "*": return Match(word: "<3", end: end)
    case "(", "[", "{", "c":
      return Match(word: hasTear ? ":'(" : isAngry ? ">:(" : ":(", end: end)
    case "@": return Match(word: ">:(", end: end)
    case "/", "\\":
      guard !isBeforeWord, character(end) != "/" else { return nil }
      return Match(word: ":/", end: end)
    case "|": return Match(word: ":|", end: end)
    default: return nil
    }
  }

  /// Whether a smiley may begin at a place: asked of each word and mark.
  private static func mayBegin(_ text: [UInt32], at start: Int) -> Bool {
    switch text[start] {
    // “t_t”, “o_o”, “xd”
    case 0x74, 0x6F: start + 1 < text.count && text[start + 1] == 0x5F
    case 0x78: start + 1 < text.count && text[start + 1] == 0x64
    case 0x20, 0x30...0x39, 0x61...0x7A, 0x2C, 0x2E: false
    default: true
    }
  }

  /// Whether a three is a number of something: “<3 stars” is no heart.
  private static func isCount(_ text: [UInt32], at place: Int) -> Bool {
    guard place + 1 < text.count, text[place] == Ascii.space else { return false }
    let next = text[(place + 1)...].prefix(8).prefix { (97...122).contains($0) }
    return counted.contains(Array(next))
  }

  private static let counted = Set(
    "star stars out of days day hours weeks months minutes mins years people miles points percent"
      .split(separator: " ").map { $0.unicodeScalars.map(\.value) })

  /// The word for an emoji; nil for those that say nothing certain, and for all other symbols.
  static func word(of emoji: Unicode.Scalar) -> String? {
    emoji.value < 0x2639 ? nil : emojis[emoji]
  }

  /// Whether a scalar only changes the colour of the emoji before it.
  static func isModifier(_ scalar: Unicode.Scalar) -> Bool {
    (0x1F3FB...0x1F3FF).contains(scalar.value)
  }

  /// What smileys that lie on their side begin with: eyes, brows, hearts; a mouth, if they lie on the
  /// other.
  private static let beginnings = Set(":;=<>()".unicodeScalars.map(\.value))

  /// Those that stand upright, and their words, by their first characters.
  private static let whole = Dictionary(
    grouping: [
      ("^_^", ":)"), ("^-^", ":)"), ("^^", ":)"), ("\\o/", ":d"), ("xd", ":d"), ("xdd", ":d"),
      ("-_-", ":/"), ("-__-", ":/"), ("-.-", ":/"), ("t_t", ":'("), (";_;", ":'("), (";-;", ":'("),
      (">_<", ":("), (">.<", ":("), ("o_o", ":|"), ("¯\\_(ツ)_/¯", ":/"), (":+1:", "👍"),
      (":-1:", "👎"), (":thumbsup:", "👍"), (":thumbsdown:", "👎"), (":heart:", "<3"),
    ].map { (pattern: $0.0.unicodeScalars.map(\.value), word: $0.1) }
  ) { $0.pattern[0] }

  /// Each word, and the emoji that are read as it.
  private static let meanings: [(word: String, emoji: String)] = [
    (":)", "☺😀😃😄😁😆😊😇🙂😌🤗🤩😎🥳😺😸🤠🥲🫶🌞🌈"),
    (":d", "😂🤣😹😅"), (";)", "😉😏"), (":p", "😛😜😝🤪😋"),
    ("<3", "❤♥💕💖💗💓💘💝💞💟💙💚💛🧡💜🖤🤍🤎🩷🩵😍🥰😘😗😙😚😻💋🌹"),
    ("👍", "👍👏🙌🎉🎊💯👌🔥💪🏆🥇✨🌟🤘✅🙏"),
    ("👎", "👎💩🤮🤢🖕🚮❌🗑🤡"),
    (":(", "☹🙁😞😔😟😕😣😖😫😩😢😥😿😦😧😨😰😓🥺😪"), (":'(", "😭"),
    (">:(", "😠😡🤬😤👿😾"), (":/", "😒🙄🤔😬🤦🤷😑🥱"), (":|", "😐😶😮😯"), ("</3", "💔"),
  ]

  /// What smileys and emoji are read as.
  static let words = meanings.map(\.word)

  private static let emojis: [Unicode.Scalar: String] = {
    var words: [Unicode.Scalar: String] = [:]
    for (word, list) in meanings {
      for scalar in list.unicodeScalars { words[scalar] = word }
    }
    return words
  }()
}
