/// A finished caption, or one that was cut at the greatest length.
package struct Hypothesis: Equatable, Sendable {
  /// The caption's tokens, without the end token.
  package let tokens: [Int]
  /// The natural logarithm of each token's probability under the model, and last, if the caption is
  /// finished, that of the end token.
  package let tokenLogProbabilities: [Float]
  /// The sum of `tokenLogProbabilities`.
  package let logProbability: Float
  /// What hypotheses compete by: the log probability under the length penalty, where the end token
  /// counts.
  package let score: Float
  /// Whether the end token closed the caption.
  package let isFinished: Bool
  /// For each number of `tokenLogProbabilities` the weights of all regions; empty without
  /// attention.
  package let attention: [[Float]]

  /// The mean of `tokenLogProbabilities`: what a word has, whatever the length penalty.
  package var meanLogProbability: Float {
    LengthPenalty.average.score(
      logProbability: logProbability, length: tokenLogProbabilities.count)
  }
}

/// A caption while it grows.
struct PartialHypothesis {
  private(set) var tokens: [Int] = []
  private(set) var logProbability: Float = 0
  /// The row of the model's last answer that belongs to this caption.
  var row = 0
  private var tokenLogProbabilities: [Float] = []
  private var attention: [[Float]] = []

  /// The caption and one more token, with what its row says of it.
  func adding(_ token: Int, from rows: StepRows) -> PartialHypothesis {
    var longer = self
    longer.tokens.append(token)
    longer.record(token, from: rows)
    return longer
  }

  /// The caption closed by the end token, with what its row says of it.
  func finished(end: Int, from rows: StepRows, lengthPenalty: LengthPenalty) -> Hypothesis {
    var closed = self
    closed.record(end, from: rows)
    return closed.hypothesis(isFinished: true, lengthPenalty)
  }

  /// The caption as it stands, without an end.
  func cut(lengthPenalty: LengthPenalty) -> Hypothesis {
    hypothesis(isFinished: false, lengthPenalty)
  }

  private mutating func record(_ token: Int, from rows: StepRows) {
    let value = rows.logProbabilities[row * rows.vocabularySize + token]
    logProbability += value
    tokenLogProbabilities.append(value)
    if !rows.attention.isEmpty { attention.append(rows.attention(of: row)) }
  }

  private func hypothesis(isFinished: Bool, _ lengthPenalty: LengthPenalty) -> Hypothesis {
    Hypothesis(
      tokens: tokens, tokenLogProbabilities: tokenLogProbabilities,
      logProbability: logProbability,
      score: lengthPenalty.score(
        logProbability: logProbability, length: tokenLogProbabilities.count),
      isFinished: isFinished, attention: attention)
  }
}
