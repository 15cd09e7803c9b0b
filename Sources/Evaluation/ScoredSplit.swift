internal import Language
package import Metrics
package import Store

/// Photos of a dataset with one caption each, scored.
package struct ScoredSplit: Sendable {
  package let items: [DatasetItem]
  /// By item.
  package let candidates: [String]
  package let scores: CaptionScores
  private let corpus: CaptionCorpus

  /// Tokenises and scores captions.
  ///
  /// - Parameters:
  ///   - items: photos with their references.
  ///   - candidates: the captions, by item.
  /// - Throws: `MetricsError`.
  package init(_ items: [DatasetItem], candidates: [String], threads: Int) throws {
    self.items = items
    self.candidates = candidates
    corpus = try CaptionCorpus(
      raw: candidates, references: items.map(\.references), threads: threads)
    scores = CaptionScores(corpus, threads: threads)
  }

  package var scoring: ScoringProtocol { ScoringProtocol(corpus, metrics: scores.metrics) }

  /// How varied the captions are.
  ///
  /// - Parameter training: captions that the model may have learnt from; nil where nobody knows.
  package func diversity(training: [String]?, threads: Int) -> Diversity {
    Diversity(
      corpus, training: training.map { PTBTokenizer().tokens(of: $0, threads: threads) })
  }

  /// The items with their captions and scores.
  package var photos: [EvaluatedPhoto] {
    items.indices.map { index in
      EvaluatedPhoto(
        item: items[index], candidate: candidates[index], scores: scores.byName(ofImage: index))
    }
  }
}
