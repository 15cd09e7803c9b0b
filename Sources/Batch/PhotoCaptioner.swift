package import Captioning
internal import Imaging
package import Store
package import SystemPackage

/// Makes of a photo's bytes all that the store keeps of it. May be used from several threads.
package struct PhotoCaptioner: Sendable {
  package let captioner: Captioner
  package let options: DecodingOptions
  package let identity: ModelIdentity
  /// Whose captions they are.
  package let source: CaptionSource

  /// - Parameters:
  ///   - store: remembers the model's hash as long as its files stay; nil to hash them each time.
  ///   - configuration: whether captions tell other programs the model's, or only its name and hash.
  /// - Throws: as `ModelIdentity`'s initialiser for bundles.
  package init(
    _ captioner: Captioner, options: DecodingOptions, store: Store? = nil,
    configuration: Bool = false
  ) throws {
    self.captioner = captioner
    self.options = options
    identity = try ModelIdentity(captioner.bundle, store: store)
    source = try CaptionSource(identity, options, configuration: configuration)
  }

  /// The model and the options as a store knows them.
  ///
  /// - Throws: `StoreError`.
  package func work(in store: Store) throws -> Work {
    try store.work(identity, options: options.canonical)
  }

  /// - Parameters:
  ///   - identity: of the bytes, where it is known already.
  ///   - name: what errors call the photo.
  ///   - path: of the file that has the bytes, beside which other files may tell more.
  /// - Throws: as `Captioner.caption(bytes:name:options:)`.
  package func describe(
    bytes: [UInt8], identity: PhotoIdentity? = nil, name: String, at path: FilePath? = nil
  ) throws -> DescribedPhoto {
    let caption = try captioner.caption(bytes: bytes, name: name, options: options)
    return DescribedPhoto(
      caption, bytes: bytes, identity: identity ?? PhotoIdentity(of: bytes), at: path)
  }
}

/// A photo and its caption as the store keeps them.
package struct DescribedPhoto: Sendable {
  package let photo: PhotoRecord
  package let machine: MachineCaption
  package let embedding: [Float]
  package let caption: Caption

  /// - Parameters:
  ///   - bytes: of the file that the caption is of.
  ///   - identity: of the bytes.
  ///   - path: of the file, beside which others may tell more.
  package init(
    _ caption: Caption, bytes: [UInt8], identity: PhotoIdentity, at path: FilePath? = nil
  ) {
    var photo = PhotoRecord(
      identity: identity, byteCount: bytes.count,
      format: caption.format ?? "memory", width: caption.size.width, height: caption.size.height)
    photo.facts = PhotoFacts(of: bytes, at: path)
    self.photo = photo
    machine = MachineCaption(caption)
    embedding = caption.embedding
    self.caption = caption
  }

  /// As the store records it.
  package var outcome: Outcome { .captioned(photo, machine, embedding: embedding) }
}

extension MachineCaption {
  package init(_ caption: Caption) {
    self.init(
      text: caption.sentence,
      logProbability: min(0, Double(shortest: caption.logProbability)),
      confidence: caption.confidence,
      words: caption.words.map {
        Word(word: $0.word, logProbability: min(0, Double(shortest: $0.logProbability)))
      },
      alternatives: caption.alternatives.map {
        Alternative(
          caption: $0.caption, logProbability: Double(shortest: $0.logProbability))
      })
  }
}

extension PhotoRecord {
  /// A photo that is not captioned, decoded at the smallest scale.
  ///
  /// - Parameters:
  ///   - name: what errors call the photo.
  ///   - path: of the file, beside which others may tell more.
  /// - Throws: `ImagingError`.
  package init(of bytes: [UInt8], name: String, at path: FilePath? = nil) throws {
    let decoded = try ImageDecoder.decodeWithFacts(
      bytes: bytes, name: name, minimumSize: ImageSize(width: 1, height: 1))
    self.init(
      identity: PhotoIdentity(of: bytes), byteCount: bytes.count,
      format: decoded.format.rawValue, width: decoded.fullSize.width,
      height: decoded.fullSize.height)
    facts = PhotoFacts(of: bytes, at: path)
  }
}

extension Double {
  /// The number that is written like the given one: 0.1 and not 0.10000000149.
  fileprivate init(shortest value: Float) {
    self = Double("\(value)") ?? Double(value)
  }
}
