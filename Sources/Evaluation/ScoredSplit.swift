internal import Language
package import Metrics
package import Store

/// Photos of a dataset with one caption each, scored.
package struct ScoredSplit: Sendable {
  package let items: [DatasetItem]
  /// By item.
  package let candidates: [String]
  package let scores: CaptionScores
  package let scoring: ScoringProtocol
  package let diversity: Diversity

  /// Tokenises and scores captions.
  ///
  /// - Parameters:
  ///   - items: photos with their references.
  ///   - candidates: the captions, by item.
  ///   - training: captions that the model may have learnt from; nil where nobody knows.
  /// - Throws: `MetricsError`.
  package init(
    _ items: [DatasetItem], candidates: [String], training: [String]? = nil, threads: Int
  ) throws {
    self.items = items
    self.candidates = candidates
    let corpus = try CaptionCorpus(
      raw: candidates, references: items.map(\.references), threads: threads)
    scores = CaptionScores(corpus, threads: threads)
    scoring = ScoringProtocol(corpus, metrics: scores.metrics)
    diversity = Diversity(
      corpus, training: training.map { PTBTokenizer().tokens(of: $0, threads: threads) })
  }

  /// The whole split's scores by the metrics' names, and how varied the captions are.
  package var corpusScores: [String: Double] {
    var all = diversity.named
    for metric in scores.metrics { all[metric.rawValue] = scores[metric] }
    return all
  }

  /// The items with their captions and scores.
  package var photos: [EvaluatedPhoto] {
    let columns = scores.metrics.map { ($0.rawValue, scores.perImage($0) ?? []) }
    return items.indices.map { index in
      EvaluatedPhoto(
        item: items[index], candidate: candidates[index],
        scores: Dictionary(uniqueKeysWithValues: columns.map { ($0.0, $0.1[index]) }))
    }
  }
}
