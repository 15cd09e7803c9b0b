public import Files

/// A model as the store knows it: its content is what counts, its name is for people.
public struct ModelIdentity: Hashable, Sendable {
  public let name: String
  /// Of configuration, vocabulary and weights.
  public let contentHash: ContentHash
  /// As JSON.
  public let configuration: String

  public init(name: String, contentHash: ContentHash, configuration: String) {
    self.name = name
    self.contentHash = contentHash
    self.configuration = configuration
  }
}

/// A model and a way to search with it: together with a picture, what a caption is identified by.
public struct Work: Hashable, Sendable {
  let modelID: Int64
  let decodingID: Int64
}

/// What is known of a photo besides its caption.
public struct PhotoRecord: Equatable, Sendable {
  public var identity: PhotoIdentity
  public var byteCount: Int
  public var format: String
  /// Upright, in pixels.
  public var width: Int
  public var height: Int
  public var facts = PhotoFacts()

  public init(
    identity: PhotoIdentity, byteCount: Int, format: String, width: Int, height: Int
  ) {
    self.identity = identity
    self.byteCount = byteCount
    self.format = format
    self.width = width
    self.height = height
  }
}

/// What a photo's file tells besides its picture.
public struct PhotoFacts: Equatable, Sendable {
  /// The camera's own time, as `2021-07-04T18:30:05` with or without `+02:00`.
  public var capturedAt: String?
  public var cameraMake: String?
  public var cameraModel: String?
  /// Degrees.
  public var latitude: Double?
  public var longitude: Double?
  /// What people wrote about it, as far as it was found in the file.
  public var humanCaptions: [HumanCaption] = []

  public init() {}
}

/// A description by a person.
public struct HumanCaption: Hashable, Sendable {
  public enum Source: String, Sendable {
    /// Inside the photo's file.
    case embedded
    /// In a file beside the photo.
    case sidecar
    /// Told to `caption note`.
    case note
    /// In another store or list.
    case imported = "import"
  }

  public let text: String
  public let source: Source

  /// Whether it was found in the photo's file or beside it.
  var isInFile: Bool { source == .embedded || source == .sidecar }

  public init(text: String, source: Source) {
    self.text = text
    self.source = source
  }
}

/// What a model made of a picture.
public struct MachineCaption: Equatable, Sendable {
  public struct Word: Codable, Equatable, Sendable {
    public let word: String
    public let logProbability: Double

    public init(word: String, logProbability: Double) {
      self.word = word
      self.logProbability = logProbability
    }

    enum CodingKeys: String, CodingKey {
      case word
      case logProbability = "log_probability"
    }
  }

  public struct Alternative: Codable, Equatable, Sendable {
    public let caption: String
    public let logProbability: Double

    public init(caption: String, logProbability: Double) {
      self.caption = caption
      self.logProbability = logProbability
    }

    enum CodingKeys: String, CodingKey {
      case caption
      case logProbability = "log_probability"
    }
  }

  public var text: String
  public var logProbability: Double
  /// From 0 to 1, as `Caption.confidence` had it when the photo was captioned.
  public var confidence: Double
  public var words: [Word]
  public var alternatives: [Alternative]

  public init(
    text: String, logProbability: Double, confidence: Double, words: [Word],
    alternatives: [Alternative]
  ) {
    self.text = text
    self.logProbability = logProbability
    self.confidence = confidence
    self.words = words
    self.alternatives = alternatives
  }
}

/// A caption that is in the store.
public struct StoredCaption: Equatable, Sendable {
  public let id: Int64
  public let caption: MachineCaption
  public let createdAt: String
}

/// What became of one photo.
public enum Outcome: Sendable {
  /// It was captioned; with it its embedding, where the encoder has one.
  case captioned(PhotoRecord, MachineCaption, embedding: [Float]?)
  /// Its picture was in the store already, perhaps under another path or in other bytes, which may
  /// tell more than those before.
  case alreadyThere(PhotoIdentity, PhotoFacts)
  case failed(FailureKind, reason: String)
}
