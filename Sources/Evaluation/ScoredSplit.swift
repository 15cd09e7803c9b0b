internal import Foundation
internal import Language
package import Metrics
package import Store
internal import Tensors

/// Photos of a dataset with one caption each, scored.
package struct ScoredSplit: Sendable {
  package let items: [DatasetItem]
  /// By item.
  package let candidates: [String]
  package let scores: CaptionScores
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
    let texts = tokenized(candidates + items.flatMap(\.references), threads: threads)
    var rest = texts[items.count...]
    let references = items.map { item in
      defer { rest = rest.dropFirst(item.references.count) }
      return Array(rest.prefix(item.references.count))
    }
    let corpus = try CaptionCorpus(
      candidates: Array(texts[..<items.count]), references: references, threads: threads)
    scores = CaptionScores(corpus, threads: threads)
    diversity = Diversity(corpus, training: training.map { tokenized($0, threads: threads) })
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

extension Diversity {
  /// Names of the measures, in the order in which reports list them.
  package static let names = [
    "distinct-1", "distinct-2", "self-BLEU", "mean length", "vocabulary", "novelty",
  ]

  /// The measures by their names; those that do not apply are absent.
  package var named: [String: Double] {
    let values = [distinct1, distinct2, selfBleu, meanLength, Double(vocabulary), novelty]
    return Dictionary(
      uniqueKeysWithValues: zip(Self.names, values).compactMap { name, value in
        value.map { (name, $0) }
      })
  }
}

/// Captions as the metrics take them, by the PTB tokenizer.
package func tokenized(_ captions: [String], threads: Int) -> [String] {
  let tokenizer = PTBTokenizer()
  let chunk = 256
  let count = (captions.count + chunk - 1) / chunk
  var parts = [[String]](repeating: [], count: count)
  parts.withUnsafeMutableBufferPointer { parts in
    let base = UncheckedSendable(parts.baseAddress)
    parallelFor(count, threads: threads) { part in
      let range = part * chunk..<min(captions.count, (part + 1) * chunk)
      base.value?[part] = captions[range].map(tokenizer.tokenize)
    }
  }
  return parts.flatMap { $0 }
}
