/// A sentiment model's `config.json`.
public struct SentimentConfiguration: Codable, Sendable {
  /// The layout of the bundle; this program reads 1.
  public let format: Int
  public let name: String
  /// What the model does: `sentiment`.
  public let kind: String
  /// The classes by their number, such as “negative” and “positive”.
  public let labels: [String]
  /// What the logits are divided by, so that a probability of 0.8 is right in 8 of 10 cases (Guo et
  /// al. 2017, "On calibration of modern neural networks", arXiv 1706.04599).
  public let temperature: Double
  package let network: TextNetworkConfiguration
  /// The file of the words.
  package let vocabulary: String
  /// Shares of right answers by the name of the data that they were measured on.
  public let accuracy: [String: Double]?

  package static let kind = "sentiment"

  package init(
    name: String, labels: [String], temperature: Double, network: TextNetworkConfiguration,
    vocabulary: String, accuracy: [String: Double]? = nil
  ) {
    format = 1
    kind = Self.kind
    self.name = name
    self.labels = labels
    self.temperature = temperature
    self.network = network
    self.vocabulary = vocabulary
    self.accuracy = accuracy
  }
}
