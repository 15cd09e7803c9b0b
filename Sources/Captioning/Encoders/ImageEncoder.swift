package import NeuralNet
package import Tensors

/// A convolutional network that turns images into features: immutable and shared by all threads.
/// What changes while it runs lives in a scratch value, one for each worker.
package struct ImageEncoder: Sendable {
  package let configuration: EncoderConfiguration
  /// How many channels images have: 3, and 1 for LeNet-5.
  package let imageChannels: Int
  private let network: Network
  private let maps: EncoderMaps
  /// Where the weights are from.
  private let path: String

  /// - Parameters:
  ///   - weights: where the checkpoint's keys begin.
  ///   - outputs: which outputs will ever be asked for: parameters that none of them needs are not
  ///     read.
  ///   - expectedImage: the size that images will mostly have, if it is known: the network is then
  ///     arranged for it.
  /// - Throws: `CaptioningError.configuration` if there is no such network, `WeightError` if
  ///   parameters are missing or have other shapes.
  package init(
    configuration: EncoderConfiguration, weights: WeightReader,
    outputs: Set<EncoderOutput> = Set(EncoderOutput.allCases),
    expectedImage: (height: Int, width: Int)? = nil
  ) throws {
    let definition = try configuration.definition(weights: weights, outputs: outputs)
    self.configuration = configuration
    imageChannels = definition.network.input.channels
    maps = definition.maps
    path = weights.source.path
    network = try definition.network.build(expectedImage: expectedImage)
  }

  /// How many channels the feature map has.
  package var mapChannels: Int { maps.map.channels }

  /// How many numbers the embedding has; nil where it was not among the outputs at the start.
  package var embeddingCount: Int? { maps.embedding?.channels }

  /// How many classes the logits tell apart; nil where the weights carry no classifier, or they were
  /// not among the outputs at the start.
  package var classCount: Int? { maps.logits?.channels }

  /// The memory in which one worker runs the network.
  ///
  /// - Parameter threads: on how many threads each layer runs.
  package func makeScratch(threads: Int = 1) -> NetworkScratch {
    NetworkScratch(network, threads: threads)
  }

  /// What the network makes of images.
  ///
  /// - Parameters:
  ///   - images: `[batch, channels, height, width]`, normalised as the weights expect.
  ///   - outputs: what to compute; nothing that these do not need is computed.
  ///   - scratch: of this encoder.
  /// - Returns: one value for each image.
  /// - Throws: `NetworkError` if the network cannot take images of this size;
  ///   `CaptioningError.notFinite`.
  /// - Precondition: the encoder has these outputs, and `images` its number of channels.
  package func encode(
    _ images: Tensor, outputs: Set<EncoderOutput>, scratch: NetworkScratch
  ) throws -> [EncodedImage] {
    // In the order of the cases, so that equal sets are equal plans.
    let wanted = EncoderOutput.allCases.filter(outputs.contains)
    try scratch.run(images, outputs: wanted.map(maps.map(of:)))
    return try (0..<images.shape[0]).map { image in
      var result = EncodedImage()
      for output in wanted {
        let map = scratch.output(maps.map(of: output), image: image)
        guard map.elements.areFinite else { throw CaptioningError.notFinite(weights: path) }
        result.set(map, as: output)
      }
      return result
    }
  }

  /// How many multiplications and additions the network is defined by for one image; nil where it
  /// cannot take images of this size.
  package func operationCount(outputs: Set<EncoderOutput>, height: Int, width: Int) -> Int? {
    network.operationCount(outputs: outputs.map(maps.map(of:)), height: height, width: width)
  }

  /// What a decoder needs of images: map and embedding.
  ///
  /// - Parameters:
  ///   - images: `[batch, channels, height, width]`, normalised as the weights expect.
  ///   - scratch: of this encoder.
  /// - Returns: one value for each image.
  /// - Throws: as `encode`.
  package func features(of images: Tensor, scratch: NetworkScratch) throws -> [ImageFeatures] {
    try encode(images, outputs: [.map, .embedding], scratch: scratch)
      .compactMap(ImageFeatures.init)
  }
}

/// What an encoder made of one image: what was asked for.
package struct EncodedImage: Sendable {
  /// `[regions, channels]`: the feature map, row by row from the image's top left corner.
  package var map: Tensor?
  /// How many regions stand below each other.
  package var gridHeight = 0
  /// How many regions stand side by side.
  package var gridWidth = 0
  /// `[numbers]`
  package var embedding: Tensor?
  /// `[classes]`
  package var logits: Tensor?

  /// - Parameter map: `[height, width, channels]`
  mutating func set(_ map: Tensor, as output: EncoderOutput) {
    let (height, width, channels) = (map.shape[0], map.shape[1], map.shape[2])
    switch output {
    case .map:
      self.map = map.reshaped([height * width, channels])
      (gridHeight, gridWidth) = (height, width)
    case .embedding: embedding = map.reshaped([channels])
    case .logits: logits = map.reshaped([channels])
    }
  }
}

/// The mean of ImageNet's red, green and blue values in [0, 1], by which networks trained on it
/// normalise images.
package let imageNetMean = [0.485, 0.456, 0.406]

/// The standard deviation of ImageNet's red, green and blue values in [0, 1].
package let imageNetDeviation = [0.229, 0.224, 0.225]
