internal import Language
internal import Tensors

/// Changes what a model reads in training, a little: words are read by their pieces as if they were
/// unknown, so that the pieces learn, and words are left blank.
package struct WordDrops: Codable, Equatable, Sendable {
  /// The probability that a known word is read by its pieces.
  package var pieces: Float
  /// The probability that a word is left blank.
  package var blank: Float

  /// - Parameters:
  ///   - unknown: the pieces of the texts' unknown words.
  ///   - reader: cuts known words into pieces.
  func callAsFunction(
    _ tokens: [Int32], unknown: [[Int32]], _ reader: WordReader, random: inout SeededRandom
  ) -> WordBatch {
    var batch = WordBatch(tokens: [], pieces: [])
    batch.tokens.reserveCapacity(tokens.count)
    var places: [Int32: Int32] = [:]
    func place(_ token: Int32) -> Int32 {
      if let place = places[token] { return place }
      let place = ~Int32(batch.pieces.count)
      batch.pieces.append(
        token < 0 ? unknown[Int(~token)] : reader.pieces(of: reader.words[Int(token)]))
      places[token] = place
      return place
    }
    // A word without pieces is a vector of zeros.
    var nothing: Int32?
    for token in tokens {
      // The words below are no words: padding, and the break of paragraphs.
      let cuts = random.uniform() < pieces && token > 1
      if blank > 0, random.uniform() < blank {
        if nothing == nil {
          nothing = ~Int32(batch.pieces.count)
          batch.pieces.append([])
        }
        batch.tokens.append(nothing ?? 0)
      } else if token < 0 || cuts {
        batch.tokens.append(place(token))
      } else {
        batch.tokens.append(token)
      }
    }
    return batch
  }
}
