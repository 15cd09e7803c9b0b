internal import Algorithms
internal import Captioning
internal import Tensors

/// What an encoder that is trained makes of photos as they are, by the network for inference.
struct SetEncoder {
  private let encoder: PhotoEncoder
  private let photos: TrainingImages
  private let threads: Int

  /// How many photos each thread looks at between two times that captions are searched for them.
  private static let blockPerThread = 32

  /// - Throws: as `TrainableEncoder.imageEncoder`.
  init(
    _ encoder: TrainableEncoder, output: EncoderOutput, of photos: TrainingImages, threads: Int
  ) throws {
    self.encoder = PhotoEncoder(
      try encoder.imageEncoder(), photos.preprocessor, outputs: [output])
    self.photos = photos
    self.threads = max(1, threads)
  }

  /// Calls with a few photos at a time, and what the encoder saw of them.
  ///
  /// - Throws: `ImagingError`, `NetworkError`; what `body` throws.
  func forEachBlock(_ images: [Int], _ body: ([Int], SeenImages) throws -> Void) throws {
    for block in images.chunks(ofCount: Self.blockPerThread * threads).map(Array.init) {
      let seen = try parallelMap(block, threads: threads) { image in
        Result { try encoder.encode(photos.photo(image)) }
      }.map { try $0.get() }
      try body(block, SeenImages(block, seen))
    }
  }
}
