public import Foundation
public import SystemPackage

/// One caption with all that is known of its picture: an element of `caption export --format json`
/// and a line of `ndjson`, from which a store can be filled again.
///
/// What is not known is absent. Times are UTC, as `2026-01-31T09:30:00.000Z`; logarithms are
/// natural. The keys are those of `CodingKeys`; only `content_hash`, `byte_count`, `format`, `width`
/// and `height` are always there, and lists that are absent count as empty.
public struct CaptionExport: Codable, Equatable, Sendable {
  /// A file's path, absolute, with what is no UTF-8 in it replaced by U+FFFD.
  public struct File: Codable, Equatable, Sendable {
    public var path: String
    /// The path's bytes; present where they are not valid UTF-8.
    public var pathBytes: Data?
    public var byteCount: Int
    /// Since 1970.
    public var modifiedNanoseconds: Int64
    public var seenAt: String

    public var filePath: FilePath { pathBytes.map { FilePath(data: $0) } ?? FilePath(path) }

    public init(path: FilePath, state: FileState, seenAt: String) {
      (self.path, pathBytes) = CaptionExport.text(of: path)
      byteCount = state.byteCount
      modifiedNanoseconds = state.modifiedNanoseconds
      self.seenAt = seenAt
    }

    enum CodingKeys: String, CodingKey {
      case path
      case pathBytes = "path_base64"
      case byteCount = "byte_count"
      case modifiedNanoseconds = "modified_nanoseconds"
      case seenAt = "seen_at"
    }
  }

  public struct Model: Codable, Equatable, Sendable {
    public var name: String
    /// Of configuration, vocabulary and weights.
    public var hash: ContentHash
    /// Only with the first caption of a model in an export, as it would weigh more than the captions
    /// if it stood with each.
    public var configuration: JSONValue?

    public init(name: String, hash: ContentHash, configuration: JSONValue? = nil) {
      self.name = name
      self.hash = hash
      self.configuration = configuration
    }
  }

  /// What a person wrote.
  public struct Human: Codable, Equatable, Sendable {
    public var text: String
    public var source: HumanCaption.Source
    public var createdAt: String

    public init(text: String, source: HumanCaption.Source, createdAt: String) {
      self.text = text
      self.source = source
      self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
      case text, source
      case createdAt = "created_at"
    }
  }

  /// The path of one of the picture's files, the first in the order of their bytes; absent where
  /// the store knows of no file any more.
  public var path: String?
  /// That path's bytes; present where they are not valid UTF-8.
  public var pathBytes: Data?
  /// All files that hold the picture, `path` among them.
  public var files: [File] = []
  public var contentHash: ContentHash
  /// Of the same picture in other bytes, as a description written into its file leaves it.
  public var otherContentHashes: [ContentHash] = []
  public var byteCount: Int
  public var format: String
  /// Upright, in pixels.
  public var width: Int
  public var height: Int
  /// The camera's own time, as `2021-07-04T18:30:05` with or without `+02:00`.
  public var capturedAt: String?
  public var cameraMake: String?
  public var cameraModel: String?
  /// Degrees.
  public var latitude: Double?
  public var longitude: Double?
  /// A model's sentence; absent where only people have described the picture, as are then
  /// `confidence`, `logProbability`, `model`, `decoding` and `createdAt`.
  public var caption: String?
  /// The geometric mean of the words' probabilities, from 0 to 1.
  public var confidence: Double?
  public var logProbability: Double?
  public var words: [MachineCaption.Word] = []
  /// Best first.
  public var alternatives: [MachineCaption.Alternative] = []
  public var model: Model?
  /// How the caption was searched for: the options of `DecodingOptions`.
  public var decoding: JSONValue?
  public var createdAt: String?
  public var humanCaptions: [Human] = []
  /// The encoder's embedding of the picture, of Euclidean length 1, as little-endian float16; only
  /// where it was asked for.
  public var embedding: Data?

  enum CodingKeys: String, CodingKey {
    case path, files, format, width, height, latitude, longitude, caption, confidence, words
    case alternatives, model, decoding, embedding
    case pathBytes = "path_base64"
    case contentHash = "content_hash"
    case otherContentHashes = "other_content_hashes"
    case byteCount = "byte_count"
    case capturedAt = "captured_at"
    case cameraMake = "camera_make"
    case cameraModel = "camera_model"
    case logProbability = "log_probability"
    case createdAt = "created_at"
    case humanCaptions = "human_captions"
  }

  public init(
    contentHash: ContentHash, byteCount: Int, format: String, width: Int, height: Int
  ) {
    self.contentHash = contentHash
    self.byteCount = byteCount
    self.format = format
    self.width = width
    self.height = height
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func optional<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
      try values.decodeIfPresent(Value.self, forKey: key)
    }
    self.init(
      contentHash: try values.decode(ContentHash.self, forKey: .contentHash),
      byteCount: try values.decode(Int.self, forKey: .byteCount),
      format: try values.decode(String.self, forKey: .format),
      width: try values.decode(Int.self, forKey: .width),
      height: try values.decode(Int.self, forKey: .height))
    path = try optional(.path)
    pathBytes = try optional(.pathBytes)
    files = try optional(.files) ?? []
    otherContentHashes = try optional(.otherContentHashes) ?? []
    capturedAt = try optional(.capturedAt)
    cameraMake = try optional(.cameraMake)
    cameraModel = try optional(.cameraModel)
    latitude = try optional(.latitude)
    longitude = try optional(.longitude)
    caption = try optional(.caption)
    confidence = try optional(.confidence)
    logProbability = try optional(.logProbability)
    words = try optional(.words) ?? []
    alternatives = try optional(.alternatives) ?? []
    model = try optional(.model)
    decoding = try optional(.decoding)
    createdAt = try optional(.createdAt)
    humanCaptions = try optional(.humanCaptions) ?? []
    embedding = try optional(.embedding)
  }

  /// The path of one of the picture's files.
  public var filePath: FilePath? {
    get { pathBytes.map { FilePath(data: $0) } ?? path.map { FilePath($0) } }
    set {
      path = nil
      pathBytes = nil
      guard let newValue else { return }
      let (text, bytes) = Self.text(of: newValue)
      path = text
      pathBytes = bytes
    }
  }

  /// A path for people to read and, where that loses anything, its bytes.
  private static func text(of path: FilePath) -> (String, Data?) {
    (String(decoding: path), String(validating: path) == nil ? path.data : nil)
  }
}

extension HumanCaption.Source: Codable {}
