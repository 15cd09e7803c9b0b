/// What a classifier found a text to be.
public struct Sentiment: Equatable, Sendable {
  /// The most probable label, or `neutral` where the model is not sure enough.
  public let label: String
  /// The probability of each of the model's labels, in their order.
  public let probabilities: [Double]

  /// The label of a text about which the model is not sure.
  public static let neutral = "neutral"

  /// The probability of the most probable of the model's labels.
  public var probability: Double { probabilities.max() ?? 0 }
}

/// A word and how much it says.
public struct WordContribution: Equatable, Sendable {
  /// Where the word stands, in bytes of the text's UTF-8.
  public let bytes: Range<Int>
  /// What it adds to the log-odds of each label, in the order of the model's labels: for two labels
  /// one is the other's negative.
  public let logOdds: [Double]
}
