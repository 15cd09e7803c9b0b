public import Foundation
public import SystemPackage

/// What machines tell each other of one photo: a line of `caption worker` and of
/// `caption store import`.
///
/// Every field may be absent. Times are UTC, as `2026-01-31T09:30:00.000Z`; logarithms are natural.
public struct CaptionExchange: Codable, Equatable, Sendable {
  public struct Model: Codable, Equatable, Sendable {
    public var name: String
    /// Of configuration, vocabulary and weights.
    public var hash: ContentHash
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
    public var source: String?
    public var createdAt: String?

    public init(text: String, source: String? = nil, createdAt: String? = nil) {
      self.text = text
      self.source = source
      self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
      case text, source
      case createdAt = "created_at"
    }
  }

  /// One of several files that hold the picture.
  public struct File: Codable, Equatable, Sendable {
    public var path: String
    public var pathBytes: Data?
    public var byteCount: Int
    public var modifiedNanoseconds: Int64
    public var seenAt: String?

    enum CodingKeys: String, CodingKey {
      case path
      case pathBytes = "path_base64"
      case byteCount = "byte_count"
      case modifiedNanoseconds = "modified_nanoseconds"
      case seenAt = "seen_at"
    }
  }

  /// Why a photo has no caption.
  public struct Failure: Codable, Equatable, Sendable {
    public var kind: FailureKind
    public var message: String

    public init(kind: FailureKind, message: String) {
      self.kind = kind
      self.message = message
    }
  }

  /// The photo's path as it was given, with what is no UTF-8 in it replaced by U+FFFD.
  public var path: String?
  /// The path's bytes; present where they are not valid UTF-8.
  public var pathBytes: Data?
  /// All files that hold the picture, where more are known than one.
  public var files: [File]?
  public var contentHash: ContentHash?
  /// Of the same picture in other bytes.
  public var otherContentHashes: [ContentHash]?
  public var byteCount: Int?
  /// Since 1970.
  public var modifiedNanoseconds: Int64?
  public var format: String?
  /// Upright, in pixels.
  public var width: Int?
  public var height: Int?
  /// The camera's own time.
  public var capturedAt: String?
  public var cameraMake: String?
  public var cameraModel: String?
  /// Degrees.
  public var latitude: Double?
  public var longitude: Double?
  public var caption: String?
  /// The geometric mean of the words' probabilities, from 0 to 1.
  public var confidence: Double?
  public var logProbability: Double?
  public var words: [MachineCaption.Word]?
  /// Best first.
  public var alternatives: [MachineCaption.Alternative]?
  public var model: Model?
  /// How the caption was searched for.
  public var decoding: JSONValue?
  public var createdAt: String?
  public var humanCaptions: [Human]?
  /// Of Euclidean length 1, as little-endian float16.
  public var embedding: Data?
  public var error: Failure?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case path, files, format, width, height, latitude, longitude, caption, confidence, words
    case alternatives, model, decoding, embedding, error
    case pathBytes = "path_base64"
    case contentHash = "content_hash"
    case otherContentHashes = "other_content_hashes"
    case byteCount = "byte_count"
    case modifiedNanoseconds = "modified_nanoseconds"
    case capturedAt = "captured_at"
    case cameraMake = "camera_make"
    case cameraModel = "camera_model"
    case logProbability = "log_probability"
    case createdAt = "created_at"
    case humanCaptions = "human_captions"
  }

  public init(path: FilePath) {
    self.path = String(decoding: path)
    pathBytes = String(validating: path) == nil ? path.data : nil
  }

  /// Enters what the store keeps of a photo and its caption.
  ///
  /// - Parameter embedding: nil to leave it out.
  package mutating func enter(
    _ photo: PhotoRecord, _ machine: MachineCaption, embedding: [Float]?
  ) {
    contentHash = photo.contentHash
    byteCount = photo.byteCount
    format = photo.format
    (width, height) = (photo.width, photo.height)
    capturedAt = photo.capturedAt
    (cameraMake, cameraModel) = (photo.cameraMake, photo.cameraModel)
    (latitude, longitude) = (photo.latitude, photo.longitude)
    if !photo.humanCaptions.isEmpty {
      humanCaptions = photo.humanCaptions.map { Human(text: $0.text, source: $0.source.rawValue) }
    }
    caption = machine.text
    confidence = machine.confidence
    logProbability = machine.logProbability
    words = machine.words
    alternatives = machine.alternatives
    self.embedding = embedding.map { UnitVector($0).data }
    createdAt = Timestamp.now.text
  }

  /// The photo's path, byte for byte; nil where there is none or no path can be so.
  public var filePath: FilePath? { Self.filePath(path, pathBytes) }

  static func filePath(_ text: String?, _ bytes: Data?) -> FilePath? {
    let bytes = bytes ?? text.map { Data($0.utf8) } ?? Data()
    return bytes.isEmpty || bytes.contains(0) ? nil : FilePath(data: bytes)
  }
}
