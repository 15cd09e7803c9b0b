package import Language
internal import Training

/// Texts as the numbers of their words, with the unknown words of all of them.
package struct EncodedTexts: Sendable {
  package private(set) var texts: [[Int32]] = []
  package private(set) var unknown = UnknownWords()

  /// - Parameter tokens: the words of each text.
  package init(_ tokens: some Sequence<[String]>, _ reader: WordReader) {
    for text in tokens { texts.append(reader.read(text, unknown: &unknown)) }
  }

  /// How many words the texts have.
  package var size: Int { texts.reduce(0) { $0 + $1.count } }

  /// How often each known word occurs.
  package func counts(words: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: words)
    for text in texts { for token in text where token >= 0 { counts[Int(token)] += 1 } }
    return counts
  }

  func add(to data: inout DataHash) {
    for numbers in texts + unknown.pieces { data.add(numbers) }
  }
}

/// Collects the words of texts and chooses those that a model is to know.
package struct WordCounter: Sendable {
  private var counts: [String: Int] = [:]

  package init() {}

  /// - Parameter weight: how much each occurrence counts.
  package mutating func add(_ tokens: [String], weight: Int = 1) {
    for token in tokens { counts[token, default: 0] += weight }
  }

  /// The most frequent words, among equals in the order of their bytes; before them `<pad>`, a
  /// vector that no text reads, the break of paragraphs, and smileys, which few texts have and whose
  /// characters say nothing.
  ///
  /// - Parameters:
  ///   - limit: how many words at most.
  ///   - minimum: how often a word must occur.
  /// - Throws: `VocabularyError`.
  package func words(limit: Int, minimum: Int = 1) throws -> WordList {
    let given = ["<pad>", TextTokenizer.paragraph] + Emoticons.words
    let sorted =
      counts
      .filter { $0.value >= minimum && !given.contains($0.key) }
      .sorted { a, b in
        a.value != b.value
          ? a.value > b.value
          : a.key.unicodeScalars.lexicographicallyPrecedes(b.key.unicodeScalars)
      }
    return try WordList(
      words: given + sorted.prefix(max(0, limit - given.count)).map(\.key),
      path: "the words of the texts")
  }
}
