package import Metrics
package import Store

/// An old and a new run over the same photos: which is better by which measure, whether that may be
/// chance, and which photos changed most.
package struct RunComparison: Sendable {
  /// A photo that the runs describe differently.
  package struct Change: Sendable {
    package let item: DatasetItem
    package let old: String
    package let new: String
    /// The new caption's score less the old one's.
    package let difference: Double
  }

  package let old: ScoredRun
  package let new: ScoredRun
  /// The metric by which photos are ranked.
  package let metric: Metric
  /// How many photos both runs have; only these are compared.
  package let photoCount: Int
  /// By metric, of the photos in common, the new run less the old.
  package let metrics: [MetricComparison]
  /// By photo in common: the score of either run.
  package let scores: (old: [Double], new: [Double])
  /// Photos that score otherwise, those that gained most first.
  package let changes: [Change]

  /// Scores what both runs have anew, and compares.
  ///
  /// - Parameter metric: ranks the photos.
  /// - Throws: `EvaluationError.nothingInCommon`; `MetricsError`.
  package init(
    _ old: ScoredRun, _ new: ScoredRun, metric: Metric, significance: Significance, threads: Int
  ) throws {
    let others = Dictionary(uniqueKeysWithValues: new.photos.map { ($0.item.id, $0) })
    let pairs = old.photos.compactMap { photo in others[photo.item.id].map { (photo, $0) } }
    guard !pairs.isEmpty else {
      throw EvaluationError.nothingInCommon(old.evaluation.number, new.evaluation.number)
    }
    let items = pairs.map(\.0.item)
    let oldScores = try ScoredSplit(
      items, candidates: pairs.map(\.0.candidate), threads: threads
    ).scores
    let newScores = try ScoredSplit(
      items, candidates: pairs.map(\.1.candidate), threads: threads
    ).scores
    guard let before = oldScores.perImage(metric), let after = newScores.perImage(metric) else {
      throw EvaluationError.noMetric(metric.rawValue, known: oldScores.metrics.map(\.rawValue))
    }
    self.old = old
    self.new = new
    self.metric = metric
    photoCount = pairs.count
    metrics = try significance.compare(newScores, with: oldScores, threads: threads)
    scores = (before, after)
    let differences = zip(before, after).map { $1 - $0 }
    // BLEU's small constants make differences of nothing.
    changes = pairs.indices.filter { abs(differences[$0]) > 1e-6 }
      .sorted { (-differences[$0], $0) < (-differences[$1], $1) }
      .map { index in
        Change(
          item: items[index], old: pairs[index].0.candidate, new: pairs[index].1.candidate,
          difference: differences[index])
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
