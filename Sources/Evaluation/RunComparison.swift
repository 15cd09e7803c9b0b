package import Metrics
package import Store

/// Two runs over the same photos: which is better by which measure, whether that may be chance, and
/// which photos changed most.
package struct RunComparison: Sendable {
  /// A photo that the runs describe differently.
  package struct Change: Sendable {
    package let item: DatasetItem
    package let first: String
    package let second: String
    /// The second caption's score less the first's.
    package let difference: Double
  }

  package let first: ScoredRun
  package let second: ScoredRun
  /// The metric by which photos are ranked.
  package let metric: Metric
  /// How many photos both runs have; only these are compared.
  package let photoCount: Int
  /// By metric, of the photos in common, the second run less the first.
  package let metrics: [MetricComparison]
  /// By photo in common: the score of either run.
  package let scores: (first: [Double], second: [Double])
  /// Photos that score otherwise, those that gained most first.
  package let changes: [Change]

  /// Scores what both runs have anew, and compares.
  ///
  /// - Parameter metric: ranks the photos.
  /// - Throws: `EvaluationError.nothingInCommon`; `MetricsError`.
  package init(
    _ first: ScoredRun, _ second: ScoredRun, metric: Metric, significance: Significance,
    threads: Int
  ) throws {
    let others = Dictionary(uniqueKeysWithValues: second.photos.map { ($0.item.id, $0) })
    let pairs = first.photos.compactMap { photo in others[photo.item.id].map { (photo, $0) } }
    guard !pairs.isEmpty else {
      throw EvaluationError.nothingInCommon(first.evaluation.number, second.evaluation.number)
    }
    let items = pairs.map(\.0.item)
    let (firstScores, secondScores) = try (
      ScoredSplit(items, candidates: pairs.map(\.0.candidate), threads: threads).scores,
      ScoredSplit(items, candidates: pairs.map(\.1.candidate), threads: threads).scores
    )
    guard let old = firstScores.perImage(metric), let new = secondScores.perImage(metric) else {
      throw EvaluationError.noMetric(
        metric.rawValue, known: firstScores.metrics.map(\.rawValue))
    }
    self.first = first
    self.second = second
    self.metric = metric
    photoCount = pairs.count
    metrics = try significance.compare(secondScores, with: firstScores, threads: threads)
    scores = (old, new)
    // BLEU's small constants make differences of nothing.
    changes = pairs.indices.filter { abs(new[$0] - old[$0]) > 1e-6 }
      .sorted { (old[$0] - new[$0], $0) < (old[$1] - new[$1], $1) }
      .map { index in
        Change(
          item: items[index], first: pairs[index].0.candidate, second: pairs[index].1.candidate,
          difference: new[index] - old[index])
      }
  }

  /// The photos that gained most, and those that lost most.
  package func extremes(_ count: Int) -> (improved: [Change], worsened: [Change]) {
    (
      Array(changes.filter { $0.difference > 0 }.prefix(count)),
      Array(changes.filter { $0.difference < 0 }.suffix(count).reversed())
    )
  }
}
