/// Contractions whose apostrophe was left out, misplaced or turned into another character: `wasnt`,
/// `was'nt`, `wasn t`, `wasn?t`.
enum Contractions {
  /// The contraction that a word is, written with its apostrophe; nil for all other words.
  ///
  /// - Parameter word: lower-cased scalars.
  static func repaired(_ word: ArraySlice<UInt32>) -> [UInt32]? {
    guard word.count <= longest else { return nil }
    guard let place = word.firstIndex(of: Ascii.apostrophe) else { return joined[Array(word)] }
    // “was'nt”; “wasn't” is right as it is.
    guard word[place...].elementsEqual(misplaced) else { return nil }
    return joined[Array(word[..<place] + word[(place + 1)...])]
  }

  /// The negation that a word is the beginning of, if a “t” stands one character behind it: of `wasn`
  /// that is `wasn't`.
  static func completed(_ word: ArraySlice<UInt32>) -> [UInt32]? {
    guard word.count <= longest else { return nil }
    return stems[Array(word)]
  }

  private static let misplaced = Array("'nt".unicodeScalars.map(\.value))

  /// All but those that are words of their own without it: ill, id, well, were, hell, shell, lets.
  private static let negations = """
    isn't wasn't aren't weren't don't doesn't didn't hasn't haven't hadn't can't couldn't wouldn't \
    shouldn't won't mustn't needn't mightn't oughtn't daren't ain't shan't
    """
  private static let pronouns = """
    i'm i've you're you've you'll you'd they're they've they'll they'd we've he's she's that's \
    what's there's here's it'll it'd who's could've would've should've
    """

  private static let joined = Dictionary(
    uniqueKeysWithValues: (list(negations) + list(pronouns)).map { word in
      (word.filter { $0 != Ascii.apostrophe }, word)
    })
  private static let stems = Dictionary(
    uniqueKeysWithValues: list(negations).map { (Array($0.dropLast(2)), $0) })
  private static let longest = (joined.keys.map(\.count).max() ?? 0) + 1

  private static func list(_ words: String) -> [[UInt32]] {
    words.split(separator: " ").map { $0.unicodeScalars.map(\.value) }
  }
}
