/// One line of `--json`.
struct SentimentRecord: Encodable {
  /// Of a file or standard input, counted from 1.
  private let line: Int?
  /// Nil where it could not be read.
  private let text: String?
  /// Nil where the text has no result; so is `probability`.
  private let label: String?
  private let probability: Double?
  private let probabilities: [String: Double]
  private let words: [Word]
  /// Why it could not be read.
  private let error: String?

  private struct Word: Encodable {
    let word: String
    /// In bytes of the text's UTF-8.
    let start: Int
    let end: Int
    /// To the log-odds of the likeliest label, which is the one given unless that is `neutral`.
    let contribution: Double
  }

  init(_ answer: SentimentAnswer) {
    line = answer.line
    text = answer.text
    error = answer.fault
    let result = answer.result
    label = result?.label
    probability = result?.probability
    probabilities = Dictionary(uniqueKeysWithValues: (result?.probabilities ?? []).map { ($0, $1) })
    words = (result?.words ?? []).map {
      Word(
        word: $0.text, start: $0.bytes.lowerBound, end: $0.bytes.upperBound,
        contribution: $0.contribution)
    }
  }

  private enum Key: CodingKey { case line, text, label, probability, probabilities, words, error }

  /// What a text has not is null, so that each line has the same members; only some come from lines,
  /// and few have errors.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encodeIfPresent(line, forKey: .line)
    try container.encode(text, forKey: .text)
    try container.encode(label, forKey: .label)
    try container.encode(probability, forKey: .probability)
    try container.encode(probabilities, forKey: .probabilities)
    try container.encode(words, forKey: .words)
    try container.encodeIfPresent(error, forKey: .error)
  }
}
