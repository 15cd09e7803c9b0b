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
  package let sentiment: SentimentLabel
  /// The model's name.
  package let model: String
  /// UTC.
  package let createdAt: String

  enum CodingKeys: String, CodingKey {
    case text, model
    case byteCount = "byte_count"
    case createdAt = "created_at"
  }

  package func encode(to encoder: any Encoder) throws {
    try sentiment.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(text, forKey: .text)
    try values.encode(byteCount, forKey: .byteCount)
    try values.encode(model, forKey: .model)
    try values.encode(createdAt, forKey: .createdAt)
  }
}

/// How many captions were dealt with.
package struct LabellingCounts: Equatable, Sendable {
  /// That have a label now and had none by the model before.
  package var captions = 0
  /// Different texts among them that the model was asked about; the others it had seen.
  package var texts = 0

  package init(captions: Int = 0, texts: Int = 0) {
    self.captions = captions
    self.texts = texts
  }
}
