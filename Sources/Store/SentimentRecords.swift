package import Files

/// A classifier as the store knows it: its content is what counts, its name is for people.
package struct SentimentModel: Hashable, Sendable {
  package let name: String
  /// Of configuration, vocabulary and weights.
  package let contentHash: ContentHash
  /// All that it can say.
  package let labels: [String]

  package init(name: String, contentHash: ContentHash, labels: [String]) {
    self.name = name
    self.contentHash = contentHash
    self.labels = labels
  }
}

/// What a model made of a text.
package struct SentimentLabel: Hashable, Sendable, Codable {
  package let label: String
  /// Of the label, from 0 to 1.
  package let probability: Double
  /// Of all classes by name.
  package let probabilities: [String: Double]

  package init(label: String, probability: Double, probabilities: [String: Double]) {
    self.label = label
    self.probability = probability
    self.probabilities = probabilities
  }
}

/// A result that is in the store.
package struct StoredSentiment: Hashable, Sendable, Encodable {
  /// The beginning of it, if it has more than `Store.longestSentimentText` bytes.
  package let text: String
  /// Of the whole text, as UTF-8.
  package let byteCount: Int
  package let label: String
  /// Of the label.
  package let probability: Double
  /// Of all classes by name.
  package let probabilities: [String: Double]
  /// The model's name.
  package let model: String
  /// UTC.
  package let createdAt: String

  enum CodingKeys: String, CodingKey {
    case text, label, probability, probabilities, model
    case byteCount = "byte_count"
    case createdAt = "created_at"
  }
}

/// How many captions were dealt with.
package struct LabellingCounts: Equatable, Sendable {
  /// That have a label now and had none by the model before.
  package var captions = 0
  /// Different texts among them that the model was asked about; the others it had seen.
  package var texts = 0
}
