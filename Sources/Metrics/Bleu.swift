internal import Foundation

/// BLEU (Papineni, Roukos, Ward, Zhu 2002) as pycocoevalcap 1.2 computes it, to the last bit.
///
/// The closest reference's length counts, the shorter of two that are equally close. Its small
/// constants keep scores without a match above 0, and let BLEU-4 be above BLEU-3.
package enum Bleu {
  /// - Parameter threads: how many threads to use at most.
  package static func scores(of corpus: CaptionCorpus, threads: Int) -> MetricScores {
    let counts = mapChunks(of: corpus.count, size: 256, threads: threads) { images in
      var counter = BleuCounter(corpus)
      return images.map { counter.counts(of: $0) }
    }.flatMap { $0 }
    let perImage = counts.map(\.scores)
    return MetricScores(
      metrics: Metric.bleu,
      perImage: Metric.bleu.indices.map { order in perImage.map { $0[order] } },
      statistics: .bleu(counts))
  }
}

/// What BLEU counts in one caption, or in many together.
struct BleuCounts: Equatable, Sendable {
  /// N-grams that references have, too, each at most as often as the one that has it most often;
  /// by n − 1.
  var matches = SIMD4<Int>()
  /// All n-grams; by n − 1.
  var ngrams = SIMD4<Int>()
  /// Words of the candidate.
  var length = 0
  /// Words of the closest reference.
  var referenceLength = 0

  static func += (sum: inout BleuCounts, counts: BleuCounts) {
    sum.matches &+= counts.matches
    sum.ngrams &+= counts.ngrams
    sum.length += counts.length
    sum.referenceLength += counts.referenceLength
  }

  /// How close the reference lengths are to the candidate's; the shorter of two counts as closer.
  static func closest(to length: Int, of references: some Sequence<Int>) -> Int {
    references.min { (abs($0 - length), $0) < (abs($1 - length), $1) } ?? 0
  }

  /// The factor of a candidate that is shorter than its references; else 1.
  var brevityPenalty: Double {
    let ratio = (Double(length) + Self.tiny) / (Double(referenceLength) + Self.small)
    return ratio < 1 ? exp(1 - 1 / ratio) : 1
  }

  /// BLEU-1 to BLEU-4.
  var scores: [Double] {
    var product = 1.0
    let brevityPenalty = brevityPenalty
    return NGrams.orders.map { order in
      product *=
        (Double(matches[order - 1]) + Self.tiny) / (Double(ngrams[order - 1]) + Self.small)
      return power(product, 1 / Double(order)) * brevityPenalty
    }
  }

  /// pycocoevalcap's constants against division by zero.
  private static let (tiny, small) = (1e-15, 1e-9)
}

/// Counts the matches of images one after the other.
struct BleuCounter {
  private let corpus: CaptionCorpus
  /// How often the candidate, one reference, and the reference that has most, has the n-gram of a
  /// slot.
  private var inCandidate: [Int] = []
  private var inReference: [Int] = []
  private var most: [Int] = []

  init(_ corpus: CaptionCorpus) {
    self.corpus = corpus
  }

  mutating func counts(of image: Int) -> BleuCounts {
    var counts = BleuCounts()
    counts.length = corpus.length(corpus.candidate(of: image))
    counts.referenceLength = BleuCounts.closest(
      to: counts.length, of: corpus.references(of: image).lazy.map(corpus.length))
    for order in NGrams.orders {
      counts.ngrams[order - 1] = max(0, counts.length - order + 1)
      counts.matches[order - 1] = matches(of: image, order: order)
    }
    return counts
  }

  private mutating func matches(of image: Int, order: Int) -> Int {
    inCandidate.removeAll(keepingCapacity: true)
    for slot in corpus.slots(of: corpus.candidate(of: image), order: order) {
      // The candidate's slots come first, in order.
      if slot == inCandidate.count { inCandidate.append(0) }
      inCandidate[Int(slot)] += 1
    }
    guard !inCandidate.isEmpty else { return 0 }
    most.removeAll(keepingCapacity: true)
    most.append(contentsOf: repeatElement(0, count: inCandidate.count))
    for reference in corpus.references(of: image) {
      inReference.removeAll(keepingCapacity: true)
      inReference.append(contentsOf: repeatElement(0, count: inCandidate.count))
      for slot in corpus.slots(of: reference, order: order) where slot < inCandidate.count {
        inReference[Int(slot)] += 1
        most[Int(slot)] = max(most[Int(slot)], inReference[Int(slot)])
      }
    }
    return zip(inCandidate, most).reduce(0) { $0 + min($1.0, $1.1) }
  }
}
