package import Metrics
package import Store

/// An evaluation that the store keeps.
package struct ScoredRun: Sendable {
  package let evaluation: Evaluation
  package let photos: [EvaluatedPhoto]

  /// - Throws: `EvaluationError.noRun`; `StoreError`.
  package init(_ number: Int64, in store: Store) throws {
    guard let evaluation = try store.evaluation(number) else {
      throw EvaluationError.noRun(number, newNumber: try store.evaluation(ofStoreRun: number))
    }
    self.evaluation = evaluation
    photos = try store.evaluatedPhotos(of: number)
  }

  /// What reports call the run: its number, model and way of searching.
  package var name: String { "run \(evaluation.number) (\(evaluation.model))" }

  /// The metrics that the run was scored by, in the order in which reports list them.
  package var metrics: [Metric] {
    Metric.allCases.filter { evaluation.scores[$0.rawValue] != nil }
  }

  /// Each photo's score.
  ///
  /// - Throws: `EvaluationError.noMetric`.
  package func scores(by metric: Metric) throws -> [Double] {
    guard metrics.contains(metric) else {
      throw EvaluationError.noMetric(metric.rawValue, known: metrics.map(\.rawValue))
    }
    return photos.map { $0.scores[metric.rawValue] ?? 0 }
  }

  /// The photos from the one that scores best; those that score the same in the dataset's order.
  ///
  /// - Throws: `EvaluationError.noMetric`.
  package func ranked(by metric: Metric) throws -> [EvaluatedPhoto] {
    let scores = try scores(by: metric)
    return photos.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }.map { photos[$0] }
  }
}
