internal import Files
package import Language

/// Which words a recurrent text model knows, and how it reads those that it does not: as the mean of
/// vectors for their pieces of 3 to 5 characters, so that typos, elongations and rare words still say
/// something (Bojanowski et al. 2017, "Enriching word vectors with subword information").
package struct WordReader: Sendable {
  package let words: WordList
  /// How many vectors the pieces share.
  package let buckets: Int

  package init(words: WordList, buckets: Int) {
    self.words = words
    self.buckets = buckets
  }

  /// The id of a word, or nil where it is unknown: as it stands, or with doubled letters written
  /// once (“soo” is `so`).
  package func id(of word: String) -> Int? {
    words.id(of: word) ?? words.id(of: Self.collapsed(word))
  }

  /// - Parameter unknown: the unknown words so far; receives those of these tokens.
  /// - Returns: for each token the id of a known word, or ~i for unknown word i.
  package func read(
    _ tokens: some Sequence<String>, unknown: inout UnknownWords
  ) -> [Int32] {
    tokens.map { token in
      if let id = id(of: token) { return Int32(id) }
      return ~unknown.place(of: token) { pieces(of: $0) }
    }
  }

  /// The buckets of a word's pieces: all runs of 3, 4 and 5 characters of `<word>`.
  package func pieces(of word: String) -> [Int32] {
    let marked = Array("<\(word)>".utf8)
    // Where a scalar begins, and the end.
    let places = marked.indices.filter { !UTF8.isContinuation(marked[$0]) } + [marked.count]
    var result: [Int32] = []
    for length in 3...5 where places.count > length {
      for (start, end) in zip(places, places.dropFirst(length)) {
        result.append(Int32(StableHash.of32Bits(marked[start..<end]) % UInt32(buckets)))
      }
    }
    return result
  }

  /// The word with each pair of equal letters written once.
  private static func collapsed(_ word: String) -> String {
    var result = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in word.unicodeScalars {
      if scalar == previous, scalar.properties.isAlphabetic {
        // The pair is complete: a third equal letter would begin another.
        previous = nil
      } else {
        result.append(scalar)
        previous = scalar
      }
    }
    return String(result)
  }
}

/// The words of some texts that a model does not know, each once.
package struct UnknownWords: Sendable {
  /// For each word the buckets of its pieces.
  package private(set) var pieces: [[Int32]] = []
  private var places: [String: Int32] = [:]

  package init() {}

  fileprivate mutating func place(of word: String, _ cut: (String) -> [Int32]) -> Int32 {
    if let place = places[word] { return place }
    let place = Int32(pieces.count)
    places[word] = place
    pieces.append(cut(word))
    return place
  }
}
