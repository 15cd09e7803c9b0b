/// What a model's `config.json` says of its vocabulary, under the key `vocabulary`.
public struct VocabularyConfiguration: Codable, Equatable, Sendable {
  /// The vocabulary's file: one word per line.
  public var file: String
  /// How many words the file must have: the number of the decoder's logits.
  public var size: Int
  /// The id that fills up short captions in training, or nil where the model has none.
  public var pad: Int?
  /// The id that the decoder reads before the first word, or nil where the model has none.
  public var start: Int?
  /// The id that closes a caption. Some checkpoints use one id for `pad`, `start` and `end`.
  public var end: Int
  /// The id of every word outside the vocabulary, or nil where the model has none.
  public var unknown: Int?
  /// How captions were cut into words when the model was trained.
  public var tokenizer: String

  public init(
    file: String, size: Int, pad: Int? = nil, start: Int? = nil, end: Int, unknown: Int? = nil,
    tokenizer: String = "words"
  ) {
    self.file = file
    self.size = size
    self.pad = pad
    self.start = start
    self.end = end
    self.unknown = unknown
    self.tokenizer = tokenizer
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    file = try values.decode(String.self, forKey: .file)
    size = try values.decode(Int.self, forKey: .size)
    pad = try values.decodeIfPresent(Int.self, forKey: .pad)
    start = try values.decodeIfPresent(Int.self, forKey: .start)
    end = try values.decode(Int.self, forKey: .end)
    unknown = try values.decodeIfPresent(Int.self, forKey: .unknown)
    tokenizer = try values.decodeIfPresent(String.self, forKey: .tokenizer) ?? "words"
  }
}
