internal import Figures
internal import Files
internal import Foundation
package import Gallery
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
    let perPhoto = try run.scores(by: metric)
    let ranked = try run.ranked(by: metric)
    let shown = min(count, ranked.count)
    return EvaluationPage(
      title: "\(evaluation.model) on \(evaluation.dataset), \(evaluation.split)",
      tables: [
        EvaluationPage.Table(
          caption: "Scores of all \(run.photos.count) photos together, times 100",
          columns: ["Measure", "Score"],
          rows: Self.scores(of: run).map { [$0.0, $0.1] }),
        EvaluationPage.Table(
          caption: "How they were made", columns: ["", ""],
          rows: try facts(evaluation).map { [$0.0, $0.1] }),
      ],
      figure: EvaluationFigures.distribution(
        of: metric.rawValue, run: run.name, scores: perPhoto,
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

  /// All measures of a run and their values for people, in the order in which reports list them.
  package static func scores(of run: ScoredRun) -> [(String, String)] {
    let scores = run.evaluation.scores
    return (run.metrics.map(\.rawValue) + Diversity.names).compactMap { name in
      scores[name].map { (name, ScoreText.text($0, of: name)) }
    }
  }

  /// How a run was made, as names and texts.
  ///
  /// - Throws: `EvaluationError.noProtocol`.
  package static func facts(_ evaluation: Evaluation) throws -> [(String, String)] {
    let notes: RunProtocol
    do {
      notes = try JSONDecoder().decode(
        RunProtocol.self, from: Data(evaluation.protocolNotes.text.utf8))
    } catch is DecodingError {
      throw EvaluationError.noProtocol(evaluation.number)
    }
    let missing = notes.missing == 0 ? [] : [("not captioned", "\(notes.missing) photos")]
    return [
      ("run", "\(evaluation.number)"), ("started", evaluation.startedAt),
      ("dataset", evaluation.dataset), ("split", evaluation.split), ("model", evaluation.model),
      ("model hash", evaluation.modelHash.description),
      ("search", try evaluation.decoding.text),
    ] + missing + notes.scoring.rows + [("program", notes.program)]
  }

  /// With the scores that papers quote, and the one that ranks.
  private static func photo(_ photo: EvaluatedPhoto, by metric: Metric) -> EvaluationPage.Photo {
    let shown = Metric.allCases.filter { [.bleu4, .rougeL, .ciderD, metric].contains($0) }
    return EvaluationPage.Photo(
      name: photo.item.name, path: photo.item.path, candidate: photo.candidate,
      references: photo.item.references,
      scores: shown.compactMap { metric in
        photo.scores[metric.rawValue].map { (metric.rawValue, ScoreText.hundredths($0)) }
      })
  }
}
