import Sentiment

/// A text and what a model made of it.
struct ClassifiedText: Sendable {
  let text: String
  let label: String
  /// Of the likeliest of the model's labels, also where the label is `neutral`.
  let probability: Double
  /// The likeliest of the model's labels.
  let likeliest: String
  /// The model's labels and their probabilities.
  let probabilities: [(label: String, probability: Double)]
  /// In the order in which they stand; empty unless they were asked for.
  let words: [Word]

  /// The label that words lean to or away from, in a model that has it.
  static let leaningLabel = "positive"

  struct Word: Sendable {
    let text: String
    /// Where it stands, in bytes of the text's UTF-8.
    let bytes: Range<Int>
    /// What it adds to the log-odds of the likeliest label.
    let contribution: Double
    /// The same, but of `leaningLabel` in a model that has it.
    let leaning: Double
  }

  init(_ text: String, _ sentiment: Sentiment, words: [WordContribution], labels: [String]) {
    self.text = text
    label = sentiment.label
    probability = sentiment.probability
    probabilities = zip(labels, sentiment.probabilities).map { (label: $0, probability: $1) }
    let best = probabilities.max { $0.probability < $1.probability }?.label ?? ""
    likeliest = best
    let bytes = Array(text.utf8)
    self.words = words.compactMap { word in
      guard !word.bytes.isEmpty, word.bytes.upperBound <= bytes.count else { return nil }
      func logOdds(_ label: String) -> Double? {
        labels.firstIndex(of: label).map { word.logOdds[$0] }
      }
      let contribution = logOdds(best) ?? 0
      return Word(
        text: String(decoding: bytes[word.bytes], as: UTF8.self), bytes: word.bytes,
        contribution: contribution, leaning: logOdds(Self.leaningLabel) ?? contribution)
    }
  }
}
