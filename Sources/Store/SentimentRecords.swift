public import Files

/// A classifier as the store knows it: its content is what counts, its name is for people.
public struct SentimentModel: Hashable, Sendable {
  public let name: String
  /// Of configuration, vocabulary and weights.
  public let contentHash: ContentHash
  /// All that it can say.
  public let labels: [String]

  public init(name: String, contentHash: ContentHash, labels: [String]) {
    self.name = name
    self.contentHash = contentHash
    self.labels = labels
  }
}

/// What a model made of a text.
public struct Sentiment: Hashable, Sendable, Codable {
  public let label: String
  /// Of the label, from 0 to 1.
  public let probability: Double
  /// Of all classes by name.
  public let probabilities: [String: Double]

  public init(label: String, probability: Double, probabilities: [String: Double]) {
    self.label = label
    self.probability = probability
    self.probabilities = probabilities
  }
}

/// A result that is in the store.
public struct StoredSentiment: Hashable, Sendable, Encodable {
  /// The beginning of it, if it has more than `Store.longestSentimentText` bytes.
  public let text: String
  /// Of the whole text, as UTF-8.
  public let byteCount: Int
  public let sentiment: Sentiment
  /// The model's name.
  public let model: String
  /// UTC.
  public let createdAt: String

  enum CodingKeys: String, CodingKey {
    case text, model
    case byteCount = "byte_count"
    case createdAt = "created_at"
  }

  public func encode(to encoder: any Encoder) throws {
    try sentiment.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(text, forKey: .text)
    try values.encode(byteCount, forKey: .byteCount)
    try values.encode(model, forKey: .model)
    try values.encode(createdAt, forKey: .createdAt)
  }
}

/// How many captions were dealt with.
public struct LabellingCounts: Equatable, Sendable {
  /// That have a label now and had none by the model before.
  public var captions = 0
  /// Different texts among them that the model was asked about; the others it had seen.
  public var texts = 0

  public init(captions: Int = 0, texts: Int = 0) {
    self.captions = captions
    self.texts = texts
  }
}
