internal import Foundation

/// CIDEr-D of single captions against the references of one image, with the document frequencies of
/// all images: the reward of self-critical training (Rennie et al. 2017, arXiv 1612.00563).
///
/// Words are numbers here, and any word may be one; training counts the end of a caption as a word,
/// so that it pays to finish a sentence.
package struct CIDErDReward: Sendable {
  /// Up to four words; −1 where there are fewer.
  private typealias NGram = SIMD4<Int32>

  /// By image.
  private let references: [[[Int32]]]
  /// In how many images' references an n-gram occurs.
  private let frequencies: [NGram: Int32]
  private let logarithm: Double

  /// - Parameter references: the words of the references, by image.
  package init(references: [[[Int32]]]) {
    self.references = references
    var frequencies: [NGram: Int32] = [:]
    for references in references {
      var found = Set<NGram>()
      for reference in references {
        for order in NGrams.orders {
          Self.forEach(order, of: reference) { found.insert($0) }
        }
      }
      for ngram in found { frequencies[ngram, default: 0] += 1 }
    }
    self.frequencies = frequencies
    logarithm = log(Double(references.count))
  }

  /// The scores of captions of one image, 10 at best.
  ///
  /// - Precondition: `image` has references.
  package func scores(of candidates: [[Int32]], image: Int) -> [Double] {
    let references = references[image].map { (vectors: vectors(of: $0), length: $0.count) }
    return candidates.map { candidate in
      let own = vectors(of: candidate)
      let sums = references.reduce(SIMD4<Double>()) { sum, reference in
        sum + similarity(own, reference.vectors)
          * CIDErD.lengthPenalty(max(0, candidate.count - 1) - max(0, reference.length - 1))
      }
      return CIDErD.points(sums, references: references.count)
    }
  }

  /// The weights of a caption's n-grams of one order, and their norm. They are added up in the order in
  /// which they first stand in the caption: that of a dictionary changes from run to run, and with it
  /// the sum's last bit.
  private struct Vector {
    var weights: [Double] = []
    /// Where each n-gram's weight is.
    var places: [NGram: Int] = [:]
    var ngrams: [NGram] = []
    var norm = 0.0

    mutating func count(_ ngram: NGram) {
      if let place = places[ngram] {
        weights[place] += 1
      } else {
        places[ngram] = ngrams.count
        ngrams.append(ngram)
        weights.append(1)
      }
    }
  }

  private func vectors(of words: [Int32]) -> [Vector] {
    NGrams.orders.map { order in
      var vector = Vector()
      Self.forEach(order, of: words) { vector.count($0) }
      for (place, ngram) in vector.ngrams.enumerated() {
        let frequency = Double(frequencies[ngram] ?? 0)
        vector.weights[place] *= logarithm - log(max(1, frequency))
      }
      vector.norm = vector.weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return vector
    }
  }

  private func similarity(_ candidate: [Vector], _ reference: [Vector]) -> SIMD4<Double> {
    var result = SIMD4<Double>()
    for order in candidate.indices {
      let (own, other) = (candidate[order], reference[order])
      guard own.norm != 0, other.norm != 0 else { continue }
      var product = 0.0
      for (ngram, weight) in zip(own.ngrams, own.weights) {
        guard let against = other.places[ngram].map({ other.weights[$0] }) else { continue }
        product += min(weight, against) * against
      }
      result[order] = product / (own.norm * other.norm)
    }
    return result
  }

  private static func forEach(_ order: Int, of words: [Int32], _ body: (NGram) -> Void) {
    guard words.count >= order else { return }
    for start in 0...(words.count - order) {
      var ngram = NGram(repeating: -1)
      for place in 0..<order { ngram[place] = words[start + place] }
      body(ngram)
    }
  }
}
