/// The scores of a corpus by one metric, or by several that come from the same counts, as BLEU's
/// four orders do.
package struct MetricScores: Sendable {
  /// What the score of several images is made of, image by image.
  enum Statistics: Sendable {
    /// The mean of the images' own scores, by metric.
    case means([[Double]])
    /// Counts that are added up first.
    case bleu([BleuCounts])
    case meteor([MeteorCounts])
  }

  package let metrics: [Metric]
  /// By metric, of the whole corpus.
  package let corpus: [Double]
  /// By metric and image.
  package let perImage: [[Double]]
  let statistics: Statistics

  /// - Parameter corpus: nil for the scores that come from the statistics.
  init(
    metrics: [Metric], corpus: [Double]? = nil, perImage: [[Double]], statistics: Statistics
  ) {
    self.metrics = metrics
    self.corpus = corpus ?? statistics.scores(of: perImage[0].indices)
    self.perImage = perImage
    self.statistics = statistics
  }

  /// The scores, by metric, that a corpus of these images would have, an image as often as it
  /// occurs. What depends on the whole corpus, such as CIDEr-D's document frequencies, stays.
  ///
  /// - Precondition: there is an image, and each one is an index of `perImage`.
  package func corpus(of images: [Int]) -> [Double] { statistics.scores(of: images) }
}

extension MetricScores.Statistics {
  func scores(of images: some RandomAccessCollection<Int>) -> [Double] {
    switch self {
    case .means(let scores): scores.map { Self.mean($0, of: images) }
    case .bleu(let counts):
      images.reduce(into: BleuCounts()) { $0 += counts[$1] }.scores
    case .meteor(let counts):
      [images.reduce(into: MeteorCounts()) { $0 += counts[$1] }.score]
    }
  }

  private static func mean(
    _ scores: [Double], of images: some RandomAccessCollection<Int>
  ) -> Double {
    let sum = pairwiseSum(images.count) {
      scores[images[images.index(images.startIndex, offsetBy: $0)]]
    }
    return sum / Double(images.count)
  }

  /// The statistics of two corpora of which one follows the other; nil where they are of different
  /// kinds.
  func followed(by other: Self) -> Self? {
    switch (self, other) {
    case (.means(let first), .means(let second)): .means(zip(first, second).map { $0 + $1 })
    case (.bleu(let first), .bleu(let second)): .bleu(first + second)
    case (.meteor(let first), .meteor(let second)): .meteor(first + second)
    default: nil
    }
  }
}

/// The scores of a corpus by all metrics that were asked for.
package struct CaptionScores: Sendable {
  package let families: [MetricScores]

  package init(_ families: [MetricScores]) {
    self.families = families
  }

  /// - Parameters:
  ///   - metrics: those to score by; `.meteor` is passed by, since another program computes it.
  ///   - threads: how many threads to use at most.
  package init(_ corpus: CaptionCorpus, metrics: [Metric] = Metric.builtIn, threads: Int) {
    var families: [MetricScores] = []
    if metrics.contains(where: Metric.bleu.contains) {
      families.append(Bleu.scores(of: corpus, threads: threads))
    }
    if metrics.contains(.rougeL) { families.append(RougeL.scores(of: corpus, threads: threads)) }
    if metrics.contains(.ciderD) { families.append(CIDErD.scores(of: corpus, threads: threads)) }
    if metrics.contains(.meteorExactStem) {
      families.append(MeteorExactStem.scores(of: corpus, threads: threads))
    }
    self.init(families)
  }

  /// In the order in which reports list them.
  package var metrics: [Metric] { families.flatMap(\.metrics) }

  /// The corpus's score; nil for a metric that was not asked for.
  package subscript(metric: Metric) -> Double? { find(metric).map { $0.corpus[$1] } }

  /// Each image's score; nil for a metric that was not asked for.
  package func perImage(_ metric: Metric) -> [Double]? { find(metric).map { $0.perImage[$1] } }

  /// The corpus's scores by the metrics' names.
  package var byName: [String: Double] {
    Dictionary(
      uniqueKeysWithValues: families.flatMap { zip($0.metrics.map(\.rawValue), $0.corpus) })
  }

  /// An image's scores by the metrics' names.
  package func byName(ofImage image: Int) -> [String: Double] {
    Dictionary(
      uniqueKeysWithValues: families.flatMap { family in
        zip(family.metrics.map(\.rawValue), family.perImage.map { $0[image] })
      })
  }

  private func find(_ metric: Metric) -> (MetricScores, Int)? {
    for family in families {
      if let index = family.metrics.firstIndex(of: metric) { return (family, index) }
    }
    return nil
  }
}
