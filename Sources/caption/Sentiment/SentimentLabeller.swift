import Sentiment
import Tensors

/// A classifier, how sure it must be, and on how many threads it works.
struct SentimentLabeller: Sendable {
  let classifier: SentimentClassifier
  let threshold: Double
  let threads: Int

  /// A label is given where the model, by its own account, is right at least three times in five.
  static let usualThreshold = 0.6

  init(_ classifier: SentimentClassifier, threshold: Double, threads: Int) {
    self.classifier = classifier
    self.threshold = threshold
    self.threads = threads
  }

  /// The model's labels, without `neutral`.
  var labels: [String] { classifier.configuration.labels }

  /// All that it may say.
  var allLabels: [String] { labels + [Sentiment.neutral].filter { !labels.contains($0) } }

  /// What colours stand for: words of the one side, and of the other.
  var sides: (against: String, towards: String) {
    guard labels.contains(ClassifiedText.leaningLabel) else {
      return ("against the label", "for it")
    }
    let other = labels.count == 2 ? labels.first { $0 != ClassifiedText.leaningLabel } : nil
    return (other ?? "not positive", ClassifiedText.leaningLabel)
  }

  /// Classifies texts, each with its words if that is asked for.
  ///
  /// - Throws: `SentimentError.notFinite`: a broken model is so with every text.
  func classify(
    _ texts: [String], explains: Bool
  ) throws -> [Result<ClassifiedText, SentimentError>] {
    let results = results(of: texts, explains: explains)
    for case .failure(.notFinite(let weights)) in results {
      throw SentimentError.notFinite(weights: weights)
    }
    return results
  }

  private func results(
    of texts: [String], explains: Bool
  ) -> [Result<ClassifiedText, SentimentError>] {
    guard explains else {
      return zip(texts, classifier.classify(texts, neutralBelow: threshold, threads: threads))
        .map { text, result in result.map { ClassifiedText(text, $0, words: [], labels: labels) } }
    }
    return parallelMap(texts, threads: threads) {
      text -> Result<ClassifiedText, SentimentError> in
      do throws(SentimentError) {
        let (sentiment, words) = try classifier.explain(text, neutralBelow: threshold)
        return .success(ClassifiedText(text, sentiment, words: words, labels: labels))
      } catch {
        return .failure(error)
      }
    }
  }
}
