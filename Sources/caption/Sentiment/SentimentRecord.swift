/// One line of `--json`.
struct SentimentRecord: Encodable {
  /// Of a file or standard input, counted from 1.
  let line: Int?
  let text: String
  let label: String
  let probability: Double
  let probabilities: [String: Double]
  let words: [Word]

  struct Word: Encodable {
    let word: String
    /// In bytes of the text's UTF-8.
    let start: Int
    let end: Int
    /// To the log-odds of the likeliest label, which is the one given unless that is `neutral`.
    let contribution: Double
  }

  init(_ text: ClassifiedText, line: Int?) {
    self.line = line
    self.text = text.text
    label = text.label
    probability = text.probability
    probabilities = Dictionary(uniqueKeysWithValues: text.probabilities.map { ($0, $1) })
    words = text.words.map {
      Word(
        word: $0.text, start: $0.bytes.lowerBound, end: $0.bytes.upperBound,
        contribution: $0.contribution)
    }
  }
}
