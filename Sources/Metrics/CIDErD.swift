internal import Foundation

/// CIDEr-D (Vedantam, Zitnick, Parikh 2015) as pycocoevalcap 1.2 computes it under the name of
/// CIDEr, to the last bit.
///
/// Document frequencies are those of the corpus itself, so that one image alone scores 0.
/// Logarithms are the C library's. On processors with AVX-512 NumPy has one of its own, which for
/// 9,170, 19,143, 94,869 and one in twenty thousand numbers beyond differs in the last bit: there,
/// scores of more than 9,169 images may, too.
package enum CIDErD {
  /// - Parameter threads: how many threads to use at most.
  package static func scores(of corpus: CaptionCorpus, threads: Int) -> MetricScores {
    let weights = NGramWeights(imageCount: corpus.count)
    let scores = mapChunks(of: corpus.count, size: 256, threads: threads) { images in
      var similarity = CIDErSimilarity(corpus, weights)
      return images.map { image in
        score(similarity.similarities(of: image), corpus.lengthPenalties(of: image))
      }
    }.flatMap { $0 }
    return MetricScores(metrics: [.ciderD], perImage: [scores], statistics: .means([scores]))
  }

  /// Whether captions score 0 whatever they say: every n-gram of the references occurs with every
  /// image, and so weighs nothing. With one image that is always so.
  static func isZeroByDefinition(for corpus: CaptionCorpus) -> Bool {
    NGrams.orders.allSatisfy { order in
      let ngrams = corpus.ngrams[order - 1]
      return (0..<corpus.count).allSatisfy { image in
        corpus.references(of: image).allSatisfy { reference in
          corpus.slots(of: reference, order: order).allSatisfy { slot in
            Int(ngrams.frequencies[ngrams.starts[image] + Int(slot)]) == corpus.count
          }
        }
      }
    }
  }

  /// A candidate's score from its similarities to the references and the length penalties.
  static func score(_ similarities: [SIMD4<Double>], _ lengthPenalties: [Double]) -> Double {
    let sums = zip(similarities, lengthPenalties).reduce(SIMD4()) { $0 + $1.0 * $1.1 }
    return points(sums, references: similarities.count)
  }

  /// What similarities add to a score that is the mean over so many references.
  static func points(_ similarities: SIMD4<Double>, references: Int) -> Double {
    // In the order in which NumPy's mean adds.
    let mean = (similarities[0] + similarities[1] + similarities[2] + similarities[3]) / 4
    return mean / Double(references) * 10
  }

  /// The factor for a candidate that has so many words more or less than a reference.
  static func lengthPenalty(_ difference: Int) -> Double {
    let delta = Double(difference)
    return power(M_E, -(delta * delta) / (2 * sigma * sigma))
  }

  /// The deviation of lengths, in words, that costs a factor of 1/√e.
  private static let sigma = 6.0
}

/// What an n-gram weighs that occurs once, log(images / images whose references have it).
struct NGramWeights: Sendable {
  /// By document frequency.
  private let weights: [Double]
  private let squares: [Double]

  init(imageCount: Int) {
    let logarithm = log(Double(imageCount))
    weights = (0...imageCount).map { logarithm - log(max(1, Double($0))) }
    squares = weights.map { power($0, 2) }
  }

  func weight(documentFrequency: UInt32) -> Double { weights[Int(documentFrequency)] }

  /// The square of the weight of an n-gram that occurs `count` times.
  func square(count: UInt32, documentFrequency: UInt32) -> Double {
    count == 1
      ? squares[Int(documentFrequency)]
      : power(Double(count) * weights[Int(documentFrequency)], 2)
  }
}

/// How similar candidates are to their references, one image after the other.
struct CIDErSimilarity {
  private let corpus: CaptionCorpus
  private let weights: NGramWeights
  /// How often the caption in hand has the n-gram of a slot.
  private var counts: [UInt32] = []
  /// The slots of the caption in hand, in the order in which they come.
  private var occurring: [Int] = []
  private var candidateWeights: [Double] = []

  init(_ corpus: CaptionCorpus, _ weights: NGramWeights) {
    self.corpus = corpus
    self.weights = weights
  }

  /// By reference and n − 1, from 0 to 1.
  mutating func similarities(of image: Int) -> [SIMD4<Double>] {
    let candidate = corpus.candidate(of: image)
    let references = corpus.references(of: image)
    var similarities = [SIMD4<Double>](repeating: SIMD4(), count: references.count)
    for order in NGrams.orders {
      let ngrams = corpus.ngrams[order - 1]
      let frequencies = ngrams.frequencies[ngrams.starts[image]..<ngrams.starts[image + 1]]
      counts.removeAll(keepingCapacity: true)
      counts.append(contentsOf: repeatElement(0, count: frequencies.count))
      candidateWeights.removeAll(keepingCapacity: true)
      let candidateNorm = count(corpus.slots(of: candidate, order: order), frequencies)
      for slot in occurring { candidateWeights.append(weight(slot, frequencies)) }
      forget()
      for (index, reference) in references.enumerated() {
        let norm = count(corpus.slots(of: reference, order: order), frequencies)
        var product = 0.0
        for (slot, candidateWeight) in candidateWeights.enumerated() where counts[slot] > 0 {
          let weight = weight(slot, frequencies)
          product += min(candidateWeight, weight) * weight
        }
        if candidateNorm != 0, norm != 0 { product /= candidateNorm * norm }
        similarities[index][order - 1] = product
        forget()
      }
    }
    return similarities
  }

  /// Counts a caption's n-grams.
  ///
  /// - Returns: the norm of their weights.
  private mutating func count(
    _ slots: ArraySlice<UInt32>, _ frequencies: ArraySlice<UInt32>
  ) -> Double {
    for slot in slots {
      if counts[Int(slot)] == 0 { occurring.append(Int(slot)) }
      counts[Int(slot)] += 1
    }
    var sum = 0.0
    for slot in occurring {
      let frequency = frequencies[frequencies.startIndex + slot]
      sum += weights.square(count: counts[slot], documentFrequency: frequency)
    }
    return sum.squareRoot()
  }

  private func weight(_ slot: Int, _ frequencies: ArraySlice<UInt32>) -> Double {
    let frequency = frequencies[frequencies.startIndex + slot]
    return Double(counts[slot]) * weights.weight(documentFrequency: frequency)
  }

  private mutating func forget() {
    for slot in occurring { counts[slot] = 0 }
    occurring.removeAll(keepingCapacity: true)
  }
}

extension CaptionCorpus {
  /// How many words, as CIDEr-D counts them, the candidate has more than each reference: it counts
  /// pairs of neighbours.
  func lengthDifferences(of image: Int) -> [Int] {
    func pairs(_ sentence: Int) -> Int { max(0, length(sentence) - 1) }
    return references(of: image).map { pairs(candidate(of: image)) - pairs($0) }
  }

  /// The factor for each reference that the candidate is longer or shorter than.
  func lengthPenalties(of image: Int) -> [Double] {
    lengthDifferences(of: image).map(CIDErD.lengthPenalty)
  }
}
