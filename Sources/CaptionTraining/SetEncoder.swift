internal import Captioning
internal import NeuralNet
internal import Tensors

/// What an encoder that is trained makes of photos as they are, by the network for inference.
struct SetEncoder {
  private let encoder: ImageEncoder
  private let output: EncoderOutput
  private let scratches: [NetworkScratch]

  /// How many photos each thread looks at between two times that captions are searched for them.
  private static let blockPerThread = 32

  /// - Throws: as `TrainableEncoder.imageEncoder`.
  init(_ encoder: TrainableEncoder, output: EncoderOutput, threads: Int) throws {
    let encoder = try encoder.imageEncoder()
    self.encoder = encoder
    self.output = output
    scratches = (0..<max(1, threads)).map { _ in encoder.makeScratch() }
  }

  /// Calls with a few photos at a time, and what the encoder saw of them.
  ///
  /// - Throws: `ImagingError`, `NetworkError`; what `body` throws.
  func forEachBlock(
    _ images: [Int], of photos: TrainingImages, _ body: ([Int], SeenImages) throws -> Void
  ) throws {
    let size = Self.blockPerThread * scratches.count
    for start in stride(from: 0, to: images.count, by: size) {
      let block = Array(images[start..<min(images.count, start + size)])
      try body(block, seen(block, of: photos))
    }
  }

  private func seen(_ images: [Int], of photos: TrainingImages) throws -> SeenImages {
    var results = [Result<EncodedImage, any Error>?](repeating: nil, count: images.count)
    results.withUnsafeMutableBufferPointer { results in
      let results = UncheckedSendable(results)
      parallelFor(images.count, threads: scratches.count) { index, worker in
        results.value[index] = Result {
          let input = try photos.input(of: images[index], channels: encoder.imageChannels)
          return try encoder.encode(
            input.reshaped(Shape([1] + input.shape.extents)), outputs: [output],
            scratch: scratches[worker])[0]
        }
      }
    }
    let seen = try results.compactMap { try $0?.get() }
    return SeenImages(images, seen)
  }
}
