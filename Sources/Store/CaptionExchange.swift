package import Files
package import Foundation
package import SystemPackage

/// What programs are told of one photo and a caption of it, everywhere the same: a line of
/// `caption --json`, of `caption batch --json`, `caption worker`, `caption export` and
/// `caption store import`, and a JSON file beside a photo. The README lists its fields.
///
/// What is not known is absent, and every field may be; lists that are absent count as empty. Times
/// are UTC, as `2026-01-31T09:30:00.000Z`; logarithms are natural.
package struct CaptionExchange: Codable, Equatable, Sendable {
  package struct Model: Codable, Equatable, Sendable {
    package var name: String
    /// Of configuration, vocabulary and weights.
    package var hash: ContentHash
    /// In an export with the first caption of a model only, as it would weigh more than the
    /// captions if it stood with each.
    package var configuration: JSONValue?

    package init(name: String, hash: ContentHash, configuration: JSONValue? = nil) {
      self.name = name
      self.hash = hash
      self.configuration = configuration
    }
  }

  /// What a person wrote.
  package struct Human: Codable, Equatable, Sendable {
    package var text: String
    package var source: String?
    package var createdAt: String?
    package var sentiment: LabelledText?

    enum CodingKeys: String, CodingKey {
      case text, source, sentiment
      case createdAt = "created_at"
    }
  }

  /// What a model made of a caption's text.
  package struct LabelledText: Codable, Equatable, Sendable {
    package var label: String
    /// Of the label.
    package var probability: Double
    /// Of all classes by name.
    package var probabilities: [String: Double]
    package var model: String
    /// As `Model.hash`.
    package var modelHash: ContentHash
    package var createdAt: String?

    package var sentiment: SentimentLabel {
      SentimentLabel(label: label, probability: probability, probabilities: probabilities)
    }

    package init(
      _ sentiment: SentimentLabel, model: String, modelHash: ContentHash, createdAt: String? = nil
    ) {
      label = sentiment.label
      probability = sentiment.probability
      probabilities = sentiment.probabilities
      self.model = model
      self.modelHash = modelHash
      self.createdAt = createdAt
    }

    enum CodingKeys: String, CodingKey {
      case label, probability, probabilities, model
      case modelHash = "model_hash"
      case createdAt = "created_at"
    }
  }

  /// One of several files that hold the picture.
  package struct File: Codable, Equatable, Sendable {
    package var path: String
    package var pathBytes: Data?
    package var byteCount: Int
    package var modifiedNanoseconds: Int64
    package var seenAt: String?

    package var filePath: FilePath? { CaptionExchange.filePath(path, pathBytes) }
    var state: FileState {
      FileState(byteCount: byteCount, modifiedNanoseconds: modifiedNanoseconds)
    }

    package init(path: FilePath, state: FileState, seenAt: String) {
      self.path = String(decoding: path)
      pathBytes = String(validating: path) == nil ? path.data : nil
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

  /// Why a photo has no caption.
  package struct Failure: Codable, Equatable, Sendable {
    package var kind: FailureKind
    package var message: String

    package init(kind: FailureKind, message: String) {
      self.kind = kind
      self.message = message
    }
  }

  /// The photo's path as it was given; in an export, the first of the picture's files in the order
  /// of their bytes. What is no UTF-8 in it is replaced by U+FFFD.
  package var path: String?
  /// The path's bytes; present where they are not valid UTF-8.
  package var pathBytes: Data?
  /// All files that hold the picture, where more are known than one.
  @ListIfAny package var files: [File] = []
  package var contentHash: ContentHash?
  /// As `PhotoIdentity.picture`.
  package var pictureHash: ContentHash?
  /// Of the same picture in other bytes.
  @ListIfAny package var otherContentHashes: [ContentHash] = []
  package var byteCount: Int?
  /// Since 1970.
  package var modifiedNanoseconds: Int64?
  package var format: String?
  /// Upright, in pixels.
  package var width: Int?
  package var height: Int?
  /// The camera's own time.
  package var capturedAt: String?
  package var cameraMake: String?
  package var cameraModel: String?
  /// Degrees.
  package var latitude: Double?
  package var longitude: Double?
  package var caption: String?
  /// The noun of the photo's class, where the caption was made to have it; only where it is made now.
  package var noun: String?
  /// How the file that was captioned turns its picture, as `PhotoIdentity.orientation`.
  package var orientation: Int?
  /// As `MachineCaption.confidence`.
  package var confidence: Double?
  package var logProbability: Double?
  package var words: [MachineCaption.Word]?
  /// The words alone, where somebody was promised them.
  package var tokens: [String]?
  /// Best first.
  package var alternatives: [MachineCaption.Alternative]?
  package var model: Model?
  /// How the caption was searched for.
  package var decoding: JSONValue?
  package var createdAt: String?
  /// Of the caption.
  package var sentiment: LabelledText?
  @ListIfAny package var humanCaptions: [Human] = []
  /// Of Euclidean length 1, as little-endian float16.
  package var embedding: Data?
  package var error: Failure?
  /// What each step of making the caption took: `decode`, `encode` and `caption`.
  package var milliseconds: [String: Double]?
  /// Of a file beside a photo: `caption`, by which it is known as this program's, and the program's
  /// version.
  package var generator: String?
  package var version: String?
  /// Of a file beside a photo: a person's words that stand in place of a model's.
  package var note: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case path, files, format, width, height, latitude, longitude, caption, confidence, words
    case alternatives, model, decoding, sentiment, embedding, error, orientation
    case noun, tokens, milliseconds, generator, version, note
    case pathBytes = "path_base64"
    case contentHash = "content_hash"
    case pictureHash = "picture_hash"
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

  package init(path: FilePath? = nil) {
    self.path = path.map { String(decoding: $0) }
    pathBytes = path.flatMap { String(validating: $0) == nil ? $0.data : nil }
  }

  /// Enters what the store keeps of a photo.
  package mutating func enter(_ photo: PhotoRecord) {
    enter(photo.identity)
    byteCount = photo.byteCount
    format = photo.format
    (width, height) = (photo.width, photo.height)
    enter(photo.facts)
  }

  package mutating func enter(_ identity: PhotoIdentity) {
    contentHash = identity.content
    pictureHash = identity.picture
    orientation = identity.orientation
  }

  package mutating func enter(_ facts: PhotoFacts) {
    self.facts = facts
    humanCaptions = facts.humanCaptions.map { Human(text: $0.text, source: $0.source.rawValue) }
  }

  package mutating func enter(_ state: FileState) {
    byteCount = state.byteCount
    modifiedNanoseconds = state.modifiedNanoseconds
  }

  /// - Parameter time: when the caption was made.
  package mutating func enter(_ machine: MachineCaption, at time: String) {
    caption = machine.text
    confidence = machine.confidence
    logProbability = machine.logProbability
    words = machine.words
    alternatives = machine.alternatives
    createdAt = time
  }

  /// Enters what has just been found out of a photo.
  ///
  /// - Parameter embedding: nil to leave it out.
  package mutating func enter(
    _ photo: PhotoRecord, _ machine: MachineCaption, embedding: [Float]?
  ) {
    enter(photo)
    enter(machine, at: Timestamp.now.text)
    self.embedding = embedding.map { UnitVector($0).data }
  }

  /// All that people wrote of the photo.
  var peoplesWords: [Human] {
    humanCaptions
      + (note.map { [Human(text: $0, source: HumanCaption.Source.note.rawValue)] } ?? [])
  }

  /// Of the file at the path; nil where it is not known whole.
  var state: FileState? {
    guard let byteCount, let modifiedNanoseconds else { return nil }
    return FileState(byteCount: byteCount, modifiedNanoseconds: modifiedNanoseconds)
  }

  /// What the photo's file tells besides its picture and people's captions.
  var facts: PhotoFacts {
    get {
      var facts = PhotoFacts()
      facts.capturedAt = capturedAt
      (facts.cameraMake, facts.cameraModel) = (cameraMake, cameraModel)
      (facts.latitude, facts.longitude) = (latitude, longitude)
      return facts
    }
    set {
      capturedAt = newValue.capturedAt
      (cameraMake, cameraModel) = (newValue.cameraMake, newValue.cameraModel)
      (latitude, longitude) = (newValue.latitude, newValue.longitude)
    }
  }

  /// The photo's path, byte for byte; nil where there is none or no path can be so.
  package var filePath: FilePath? { Self.filePath(path, pathBytes) }

  static func filePath(_ text: String?, _ bytes: Data?) -> FilePath? {
    let bytes = bytes ?? text.map { Data($0.utf8) } ?? Data()
    return bytes.isEmpty || bytes.contains(0) ? nil : FilePath(data: bytes)
  }
}

/// A list that is absent among the keys of a JSON object where it is empty.
@propertyWrapper
package struct ListIfAny<Element: Codable & Equatable & Sendable>: Codable, Equatable, Sendable {
  package var wrappedValue: [Element]

  package init(wrappedValue: [Element]) {
    self.wrappedValue = wrappedValue
  }

  package init(from decoder: any Decoder) throws {
    wrappedValue = try [Element](from: decoder)
  }

  package func encode(to encoder: any Encoder) throws {
    try wrappedValue.encode(to: encoder)
  }
}

/// What the compiler writes for `CaptionExchange` calls these.
extension KeyedDecodingContainer {
  func decode<Element>(_ type: ListIfAny<Element>.Type, forKey key: Key) throws
    -> ListIfAny<Element>
  {
    try decodeIfPresent(type, forKey: key) ?? ListIfAny(wrappedValue: [])
  }
}

extension KeyedEncodingContainer {
  mutating func encode<Element>(_ list: ListIfAny<Element>, forKey key: Key) throws {
    try encodeIfPresent(list.wrappedValue.isEmpty ? nil : list, forKey: key)
  }
}
