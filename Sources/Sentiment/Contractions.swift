/// Contractions whose apostrophe was left out, misplaced or turned into something else: `wasnt`, `was'nt`,
/// `wasn t`, `wasn?t`, `wasnâ€™t`.
enum Contractions {
  /// The contraction that a word is, written with its apostrophe; nil for all other words.
  ///
  /// - Parameter word: lower-cased scalars.
  static func repaired(_ word: ArraySlice<UInt32>) -> [UInt32]? {
    // “was'nt”; “wasn't” is right as it is.
    let isMisplaced = word.count > 3 && word.suffix(3).elementsEqual(misplaced)
    guard let key = key(of: word, skips: isMisplaced) else { return nil }
    return joined[key]
  }

  /// The letters of a word as a number, so that words are looked up without a copy; nil for a word
  /// that is too long or has other characters.
  ///
  /// - Parameter skips: whether to pass over an apostrophe.
  private static func key(of word: some Collection<UInt32>, skips: Bool = false) -> UInt64? {
    guard word.count <= longest else { return nil }
    var key: UInt64 = 0
    for value in word {
      if skips, value == Ascii.apostrophe { continue }
      guard isPlainLetter(value) else { return nil }
      key = key << 5 | UInt64(value - 96)
    }
    return key
  }

  /// A contraction that begins at a place, with something between its halves that is no apostrophe.
  struct Broken {
    /// As it should be written.
    let word: [UInt32]
    /// Where its first half and the whole end.
    let firstEnd: Int, end: Int
  }

  /// - Parameters:
  ///   - text: lower-cased scalars.
  ///   - isWordCharacter: whether a letter or digit stands at a place, which may be beyond the text.
  static func broken(
    _ text: [UInt32], at start: Int, isWordCharacter: (Int) -> Bool
  ) -> Broken? {
    // Most words are told from contractions by what follows: this is asked of each.
    var firstEnd = start
    while firstEnd < text.count, isPlainLetter(text[firstEnd]) { firstEnd += 1 }
    guard (1...longest).contains(firstEnd - start) else { return nil }
    var lastStart = firstEnd
    while lastStart < text.count, lastStart - firstEnd < longestGap, !isPlain(text[lastStart]) {
      lastStart += 1
    }
    var end = lastStart
    while end < text.count, end - lastStart <= longestEnding, isPlainLetter(text[end]) { end += 1 }
    guard lastStart > firstEnd, (1...longestEnding).contains(end - lastStart),
      !isWordCharacter(end)
    else { return nil }
    let (gap, last) = (text[firstEnd..<lastStart], text[lastStart..<end])
    // “won t-shirts” is none.
    guard gap != [Ascii.apostrophe], gap != [hyphen], end == text.count || text[end] != hyphen,
      !gap.contains(where: { (10...13).contains($0) }), let ending = key(of: last),
      let beginning = key(of: text[start..<firstEnd]).flatMap({ beginnings[$0] }),
      beginning.endings.contains(ending)
    else { return nil }
    // Where the first half is a word of its own, what stands between words anyway proves nothing.
    guard beginning.isBroken || gap.contains(where: isOdd) && !gap.contains(Ascii.space) else {
      return nil
    }
    return Broken(
      word: text[start..<firstEnd] + [Ascii.apostrophe] + last, firstEnd: firstEnd, end: end)
  }

  /// Whether the word is a negation's beginning: of `wasn` the rest is a “t”.
  static func isStem(_ word: ArraySlice<UInt32>) -> Bool {
    key(of: word).flatMap { beginnings[$0] }?.isBroken ?? false
  }

  private static func isPlainLetter(_ value: UInt32) -> Bool { (97...122).contains(value) }

  private static func isPlain(_ value: UInt32) -> Bool {
    isPlainLetter(value) || (48...57).contains(value)
  }

  /// Whether a character between letters was once another.
  private static func isOdd(_ value: UInt32) -> Bool { value >= 0x80 || oddMarks.contains(value) }

  private static let oddMarks = Set("?'\"`;*\\^~#".unicodeScalars.map(\.value))
  private static let hyphen = UInt32(UInt8(ascii: "-"))
  private static let misplaced = Array("'nt".unicodeScalars.map(\.value))
  /// Characters: an apostrophe that was misread twice is seven.
  private static let longestGap = 8

  /// All but those that are words of their own without it: ill, id, well, were, hell, shell, lets.
  private static let negations = """
    isn't wasn't aren't weren't don't doesn't didn't hasn't haven't hadn't can't couldn't wouldn't \
    shouldn't won't mustn't needn't mightn't oughtn't daren't ain't shan't
    """
  private static let pronouns = """
    i'm i've you're you've you'll you'd they're they've they'll they'd we've he's she's that's \
    what's there's here's it'll it'd who's could've would've should've
    """
  /// Those that are words of their own without it.
  private static let others = "it's i'll i'd we're we'll we'd he'll he'd she'll she'd let's"

  private static let joined = Dictionary(
    uniqueKeysWithValues: (list(negations) + list(pronouns)).compactMap { word in
      key(of: word, skips: true).map { ($0, word) }
    })
  /// Letters: none of the words is longer; so many fit into a key.
  private static let longest = 12

  /// What may stand before the apostrophe, what behind it, and whether it is a negation's beginning.
  private static let beginnings = {
    var beginnings: [UInt64: (endings: Set<UInt64>, isBroken: Bool)] = [:]
    for word in list(negations) + list(pronouns) + list(others) {
      let halves = word.split(separator: Ascii.apostrophe)
      guard let first = key(of: halves[0]), let last = key(of: halves[1]) else { continue }
      beginnings[first, default: ([], halves[1] == [letterT])].endings.insert(last)
    }
    return beginnings
  }()
  private static let letterT = UInt32(UInt8(ascii: "t"))
  /// Letters of `ve`, `re` and `ll`.
  private static let longestEnding = 2

  private static func list(_ words: String) -> [[UInt32]] {
    words.split(separator: " ").map { $0.unicodeScalars.map(\.value) }
  }
}
