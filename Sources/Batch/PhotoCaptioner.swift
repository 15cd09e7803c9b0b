package import Captioning
internal import Foundation
internal import Imaging
package import Store

/// Makes of a photo's bytes all that the store keeps of it. May be used from several threads.
package struct PhotoCaptioner: Sendable {
  package let captioner: Captioner
  package let options: DecodingOptions

  package init(_ captioner: Captioner, options: DecodingOptions) {
    self.captioner = captioner
    self.options = options
  }

  /// - Parameter name: what errors call the photo.
  /// - Throws: `ImagingError`, `NetworkError`; `CaptioningError` where the model finds no words.
  package func describe(bytes: [UInt8], name: String) throws -> DescribedPhoto {
    let caption = try captioner.caption(bytes: bytes, name: name, options: options)
    return try DescribedPhoto(caption, bytes: bytes)
  }
}

/// A photo and its caption as the store keeps them.
package struct DescribedPhoto: Sendable {
  package let photo: PhotoRecord
  package let machine: MachineCaption
  package let embedding: [Float]
  package let caption: Caption

  /// - Parameter bytes: of the file that the caption is of.
  /// - Throws: `CaptioningError` where the caption has no words.
  package init(_ caption: Caption, bytes: [UInt8]) throws {
    guard !caption.words.isEmpty else {
      throw CaptioningError.option(name: "the search", reason: "found no words")
    }
    photo = PhotoRecord(
      contentHash: ContentHash(of: bytes), byteCount: bytes.count,
      format: caption.format ?? "memory", width: caption.size.width, height: caption.size.height)
    machine = MachineCaption(caption)
    embedding = caption.embedding
    self.caption = caption
  }
}

extension MachineCaption {
  /// - Precondition: the caption has words.
  package init(_ caption: Caption) {
    precondition(!caption.words.isEmpty, "a caption without words")
    let words = caption.words.map {
      Word(word: $0.word, logProbability: min(0, Double($0.logProbability)))
    }
    self.init(
      text: caption.sentence,
      logProbability: min(0, Double(caption.logProbability)),
      confidence: exp(words.reduce(0) { $0 + $1.logProbability } / Double(words.count)),
      words: words,
      alternatives: caption.alternatives.map {
        Alternative(caption: $0.caption, logProbability: Double($0.logProbability))
      })
  }
}
