package import Gallery
internal import Figures
internal import Foundation
package import Metrics
package import Store

/// A run as a page that needs nothing else: protocol, scores, their distribution, and the best and
/// the worst photos.
package enum EvaluationReport {
  /// - Parameters:
  ///   - metric: ranks the photos.
  ///   - count: how many of the best, and how many of the worst to show.
  /// - Throws: `EvaluationError.noMetric`.
  package static func page(of run: ScoredRun, by metric: Metric, count: Int) throws
    -> EvaluationPage
  {
    let evaluation = run.evaluation
    let scores = try run.scores(by: metric)
    let ranked = try run.ranked(by: metric)
    let shown = min(count, ranked.count)
    return EvaluationPage(
      title: "\(evaluation.model) on \(evaluation.dataset), \(evaluation.split)",
      tables: [
        EvaluationPage.Table(
          caption: "Scores of all \(run.photos.count) photos together",
          columns: ["Measure", "Score"],
          rows: names(run).map { [$0, text(evaluation.scores[$0] ?? 0)] }),
        EvaluationPage.Table(
          caption: "How they were made", columns: ["", ""],
          rows: try facts(evaluation).map { [$0.0, $0.1] }),
      ],
      figure: EvaluationFigures.distribution(
        of: metric.rawValue, run: run.name, scores: scores,
        corpus: evaluation.scores[metric.rawValue] ?? 0
      ).svg,
      sections: [
        EvaluationPage.Section(
          title: "The best by \(metric.rawValue)",
          photos: ranked.prefix(shown).map { photo($0, by: metric) }),
        EvaluationPage.Section(
          title: "The worst by \(metric.rawValue)",
          photos: ranked.suffix(shown).reversed().map { photo($0, by: metric) }),
      ])
  }

  /// Scores as people read them: four digits after the point, but none of a whole number.
  package static func text(_ score: Double) -> String {
    String(format: score > 1 && score == score.rounded() ? "%.0f" : "%.4f", score)
  }

  /// The names of all measures that a run has, in the order in which reports list them.
  package static func names(_ run: ScoredRun) -> [String] {
    run.metrics.map(\.rawValue) + Diversity.names.filter { run.evaluation.scores[$0] != nil }
  }

  /// How a run was made, as names and texts.
  ///
  /// - Throws: `EncodingError`, which cannot be.
  package static func facts(_ evaluation: Evaluation) throws -> [(String, String)] {
    let facts: [(String, JSONValue)] = [
      ("run", .integer(evaluation.run)), ("started", .string(evaluation.startedAt)),
      ("dataset", .string(evaluation.dataset)), ("split", .string(evaluation.split)),
      ("model", .string(evaluation.model)),
      ("model hash", .string(evaluation.modelHash.description)), ("search", evaluation.decoding),
    ]
    let notes = ScoringProtocol.CodingKeys.allCases.compactMap { key in
      evaluation.protocolNotes[key.rawValue].map { (key.rawValue, $0) }
    }
    return try (facts + notes).map { name, value in
      let name = name.replacing("_", with: " ")
      if case .string(let text) = value { return (name, text) }
      return (name, try value.text)
    }
  }

  /// With the scores that papers quote, and the one that ranks.
  private static func photo(_ photo: EvaluatedPhoto, by metric: Metric) -> EvaluationPage.Photo {
    let shown = Metric.allCases.filter { [.bleu4, .rougeL, .ciderD, metric].contains($0) }
    return EvaluationPage.Photo(
      name: photo.item.name, path: photo.item.path, candidate: photo.candidate,
      references: photo.item.references,
      scores: shown.compactMap { metric in
        photo.scores[metric.rawValue].map { (metric.rawValue, text($0)) }
      })
  }
}
