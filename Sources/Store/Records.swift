package import Files

/// A model as the store knows it: its content is what counts, its name is for people.
package struct ModelIdentity: Hashable, Sendable {
  package let name: String
  /// Of configuration, vocabulary and weights.
  package let contentHash: ContentHash
  /// As JSON.
  package let configuration: String

  package init(name: String, contentHash: ContentHash, configuration: String) {
    self.name = name
    self.contentHash = contentHash
    self.configuration = configuration
  }
}

/// A model and a way to search with it: together with a picture, what a caption is identified by.
package struct Work: Hashable, Sendable {
  let modelID: Int64
  let decodingID: Int64
}

/// What is known of a photo besides its caption.
package struct PhotoRecord: Equatable, Sendable {
  package var identity: PhotoIdentity
  package var byteCount: Int
  package var format: String
  /// Upright, in pixels.
  package var width: Int
  package var height: Int
  package var facts = PhotoFacts()

  package init(
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
package struct PhotoFacts: Equatable, Sendable {
  /// The camera's own time, as `2021-07-04T18:30:05` with or without `+02:00`.
  package var capturedAt: String?
  package var cameraMake: String?
  package var cameraModel: String?
  /// Degrees.
  package var latitude: Double?
  package var longitude: Double?
  /// What people wrote about it, as far as it was found in the file.
  package var humanCaptions: [HumanCaption] = []

  package init() {}
}

/// A description by a person.
package struct HumanCaption: Hashable, Sendable {
  package enum Source: String, Sendable {
    /// Inside the photo's file.
    case embedded
    /// In a file beside the photo.
    case sidecar
    /// Told to `caption note`.
    case note
    /// In another store or list.
    case imported = "import"
  }

  package let text: String
  package let source: Source

  /// Whether it was found in the photo's file or beside it.
  var isInFile: Bool { source == .embedded || source == .sidecar }

  package init(text: String, source: Source) {
    self.text = text
    self.source = source
  }
}

/// What a model made of a picture.
package struct MachineCaption: Equatable, Sendable {
  package struct Word: Codable, Equatable, Sendable {
    package let word: String
    package let logProbability: Double

    package init(word: String, logProbability: Double) {
      self.word = word
      self.logProbability = logProbability
    }

    enum CodingKeys: String, CodingKey {
      case word
      case logProbability = "log_probability"
    }
  }

  package struct Alternative: Codable, Equatable, Sendable {
    package let caption: String
    package let logProbability: Double

    package init(caption: String, logProbability: Double) {
      self.caption = caption
      self.logProbability = logProbability
    }

    enum CodingKeys: String, CodingKey {
      case caption
      case logProbability = "log_probability"
    }
  }

  package var text: String
  package var logProbability: Double
  /// From 0 to 1, as `Caption.confidence` had it when the photo was captioned.
  package var confidence: Double
  package var words: [Word]
  package var alternatives: [Alternative]

  package init(
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
package struct StoredCaption: Equatable, Sendable {
  package let id: Int64
  package let caption: MachineCaption
  package let createdAt: String
}

/// What became of one photo.
package enum Outcome: Sendable {
  /// It was captioned; with it its embedding, where the encoder has one.
  case captioned(PhotoRecord, MachineCaption, embedding: [Float]?)
  /// Its picture was in the store already, perhaps under another path or in other bytes, which may
  /// tell more than those before.
  case alreadyThere(PhotoIdentity, PhotoFacts)
  case failed(FailureKind, reason: String)
}
