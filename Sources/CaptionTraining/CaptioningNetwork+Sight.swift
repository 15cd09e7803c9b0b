package import Captioning
internal import NeuralNet
package import Tensors

/// What the encoder makes of the images of one step.
package struct Sight {
  package let features: any FeatureSource
  /// How it came to that, for the way back; nil where it is frozen.
  fileprivate let trace: TrainableEncoder.Trace?
  /// In the order of the trace.
  fileprivate let images: [Int]

  /// Whether the encoder has use for the gradient of the regions.
  var isLearnt: Bool { trace != nil }
}

extension CaptioningNetwork {
  /// Looks at images; moves the running statistics of an encoder's normalisation that is trained.
  ///
  /// - Parameter random: for the augmentation of images and for dropout.
  /// - Throws: `ImagingError` where a photo cannot be read; `NetworkError`.
  mutating func see(
    _ images: [Int], of set: CaptionSet, _ fineTuning: FineTuning?, output: EncoderOutput,
    random: inout SeededRandom, threads: Int
  ) throws -> Sight {
    switch set.images {
    case .features(let features):
      return Sight(features: features.augmented(random: &random), trace: nil, images: [])
    case .photos(let photos):
      var images = images
      var found = Set<Int>()
      images.removeAll { !found.insert($0).inserted }
      let inputs = try photos.inputs(
        of: images, fineTuning?.augmentation, channels: encoder?.imageChannels ?? 3,
        random: &random, threads: threads)
      return try see(inputs, images: images, output: output, random: &random, threads: threads)
    }
  }

  /// Looks at what the encoder's network sees of images.
  ///
  /// - Parameters:
  ///   - inputs: `[images, channels, height, width]`
  ///   - images: their numbers, all different.
  ///   - output: what the decoder reads: `.map` or `.embedding`.
  ///   - random: for dropout.
  /// - Throws: `NetworkError`.
  /// - Precondition: the encoder is trained, and has this output.
  package mutating func see(
    _ inputs: Tensor, images: [Int], output: EncoderOutput, random: inout SeededRandom,
    threads: Int = 1
  ) throws -> Sight {
    guard
      let trace = try encoder?.forward(
        inputs, outputs: [output], random: &random, threads: threads)
    else { preconditionFailure("a frozen encoder sees no photos") }
    let regions =
      output == .map
      ? trace.regions
      : trace.embedding.reshaped([images.count, 1, trace.embedding.shape[1]])
    let grid = output == .map ? (trace.gridHeight, trace.gridWidth) : (1, 1)
    return Sight(
      features: SeenImages(images, regions: regions, grid: grid), trace: trace, images: images)
  }

  /// The encoder's part of backpropagation.
  ///
  /// - Parameters:
  ///   - gradient: with respect to the regions of `batch`, which are of what was seen.
  ///   - gradients: receives the sum of what it holds and the encoder's gradients.
  package func addGradients(
    of sight: Sight, _ gradient: Tensor?, _ batch: CaptionBatch,
    to gradients: inout CaptioningNetwork, threads: Int = 1
  ) {
    guard let trace = sight.trace, let gradient, let encoder else { return }
    let (count, size) = (gradient.shape[0], gradient.shape[1] * gradient.shape[2])
    let places = Dictionary(uniqueKeysWithValues: zip(sight.images, sight.images.indices))
    let ordered = gradient.reshaped([count, size])
      .sums(ofRows: batch.numbers.compactMap { places[$0] }, count: sight.images.count)
    gradients.encoder.changeInPlace { gradients in
      guard encoder.outputs.contains(.map) else {
        encoder.backward(trace, embedding: ordered, gradients: &gradients, threads: threads)
        return
      }
      let channels = gradient.shape[2]
      encoder.backward(
        trace, regions: ordered.reshaped([sight.images.count, size / channels, channels]),
        gradients: &gradients, threads: threads)
    }
  }
}
