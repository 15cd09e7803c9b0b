package import Imaging
internal import NeuralNet
internal import Tensors

/// From photos to what an encoder makes of them: decoding, preprocessing and the network, the one
/// way that all of the program goes. May be used from several threads at once; all of them share the
/// weights.
package final class PhotoEncoder: Sendable {
  package let encoder: ImageEncoder
  private let preprocessor: ImagePreprocessor
  private let outputs: Set<EncoderOutput>
  private let threads: Int
  /// Memory of the network that no call uses at the moment.
  private let scratches = Idle<NetworkScratch>()

  /// - Parameters:
  ///   - outputs: what is asked of the encoder; nothing that these do not need is read or computed.
  ///   - threads: on how many threads one photo is encoded.
  /// - Throws: as `ImageEncoder`'s initialiser.
  package convenience init(
    _ source: EncoderSource, outputs: Set<EncoderOutput>, threads: Int = 1
  ) throws {
    let encoder = try ImageEncoder(
      configuration: source.configuration, weights: source.weights, outputs: outputs,
      expectedImage: (source.preprocessing.height, source.preprocessing.width))
    self.init(
      encoder, ImagePreprocessor(source.preprocessing), outputs: outputs, threads: threads)
  }

  /// - Precondition: the encoder has these outputs.
  package init(
    _ encoder: ImageEncoder, _ preprocessor: ImagePreprocessor, outputs: Set<EncoderOutput>,
    threads: Int = 1
  ) {
    self.encoder = encoder
    self.preprocessor = preprocessor
    self.outputs = outputs
    self.threads = threads
  }

  /// A photo as large as it needs to be, and what its file tells besides.
  ///
  /// - Parameter name: what errors call the photo.
  /// - Throws: `ImagingError` if the bytes are not a readable image.
  package func decode(bytes: [UInt8], name: String) throws -> DecodedImage {
    try ImageDecoder.decodeWithFacts(
      bytes: bytes, name: name, minimumSize: preprocessor.minimumSize)
  }

  /// - Throws: `NetworkError` if the network cannot take images of the size that preprocessing
  ///   makes; `CaptioningError.notFinite`.
  package func encode(_ photo: RGBImage) throws -> EncodedImage {
    let pixels = preprocessor(photo).adapted(toChannels: encoder.imageChannels)
    return try scratches.with {
      encoder.makeScratch(threads: threads)
    } _: { scratch in
      try encoder.encode(
        pixels.reshaped(Shape([1] + pixels.shape.extents)), outputs: outputs, scratch: scratch)[0]
    }
  }

  /// - Parameter name: what errors call the photo.
  /// - Throws: as `decode` and `encode(_:)`.
  package func encode(bytes: [UInt8], name: String) throws -> EncodedImage {
    try encode(decode(bytes: bytes, name: name).image)
  }

  /// The part of a photo that the network sees.
  func view(of size: ImageSize) -> ImagePreprocessor.View { preprocessor.view(of: size) }
}
