package import NeuralNet
package import Tensors

/// An image encoder in training: as a part of a captioning model, whose decoder gives the gradients
/// of the regions or of the embedding, or alone, as a classifier.
///
/// Checkpoint keys: those that `ImageEncoder` reads.
package struct TrainableEncoder: Trainable {
  package let configuration: EncoderConfiguration
  /// What it was made for, but for logits where the weights carry no classifier.
  package let outputs: Set<EncoderOutput>
  /// How many channels images have: 3, and 1 for LeNet-5.
  package let imageChannels: Int
  private var network: TrainableNetwork
  private let maps: EncoderMaps

  /// - Parameters:
  ///   - weights: where the checkpoint's keys begin; `InitialWeights` for random ones.
  ///   - outputs: which outputs will ever be asked for: parameters that none of them needs are not
  ///     read.
  /// - Throws: `CaptioningError.configuration` if there is no such network, `WeightError` if
  ///   parameters are missing or have other shapes.
  package init(
    configuration: EncoderConfiguration, weights: WeightReader, outputs: Set<EncoderOutput>
  ) throws {
    let definition = try configuration.definition(weights: weights, outputs: outputs)
    self.configuration = configuration
    maps = definition.maps
    imageChannels = definition.network.input.channels
    self.outputs = outputs.intersection(maps.outputs)
    network = try TrainableNetwork(definition.network, weights: weights)
  }

  package mutating func visitParameters(_ visit: ParameterVisitor) {
    network.visitParameters(visit)
  }

  /// How many channels the regions have.
  package var mapChannels: Int { maps.map.channels }

  /// How many numbers the embedding has; nil where it was not among the outputs at the start.
  package var embeddingCount: Int? { maps.embedding?.channels }

  /// How many numbers a region, the embedding or the logits have.
  ///
  /// - Precondition: `output` was among the outputs at the start.
  package func channels(of output: EncoderOutput) -> Int { maps.map(of: output).channels }

  /// About how many bytes a forward pass keeps for the way back; nil where the network cannot take
  /// images of this size.
  package func traceByteCount(images: Int, height: Int, width: Int) -> Int? {
    network.traceByteCount(
      images: images, height: height, width: width, outputs: outputs.map(maps.map(of:)))
  }

  /// The names that `freeze` is meant for, in their order.
  package var stages: [String] { network.stages }

  /// Freezes all layers before the first whose checkpoint key is `layer` or begins with it, such as
  /// `layer3`: they are computed as in inference and cost no way back. Gradients are to be made
  /// afterwards.
  ///
  /// - Throws: `NetworkError.noLayer` if there is none.
  package mutating func freeze(before layer: String) throws {
    try network.freeze(before: layer)
  }

  /// Whether batch normalisation keeps its parameters and its running statistics, and uses them.
  package var freezesNormalization: Bool {
    get { network.freezesNormalization }
    set { network.freezesNormalization = newValue }
  }

  /// What a forward pass computed.
  package struct Trace: Sendable {
    fileprivate let network: TrainableNetwork.Trace
    fileprivate let maps: EncoderMaps
    /// Of `regions`.
    package let gridHeight: Int
    package let gridWidth: Int

    /// `[batch, regions, channels]`: the feature maps, row by row from the images' top left corner.
    ///
    /// - Precondition: the map was asked for, as for the others below.
    package var regions: Tensor {
      let map = network.output(maps.map)
      return map.reshaped([map.shape[0], gridHeight * gridWidth, map.shape[3]])
    }

    /// `[batch, numbers]`
    package var embedding: Tensor { rows(.embedding) }

    /// `[batch, classes]`
    package var logits: Tensor { rows(.logits) }

    private func rows(_ output: EncoderOutput) -> Tensor {
      let map = network.output(maps.map(of: output))
      return map.reshaped([map.shape[0], map.shape[3]])
    }
  }

  /// What inference makes of images: batch normalisation with its running statistics, no dropout.
  ///
  /// - Parameters:
  ///   - images: `[batch, channels, height, width]`, normalised as the weights expect.
  ///   - outputs: what to compute; all that the encoder has if nil.
  /// - Returns: one value for each image.
  /// - Throws: `NetworkError` if the network cannot take images of this size.
  package func evaluate(
    _ images: Tensor, outputs: Set<EncoderOutput>? = nil, threads: Int = 1
  ) throws -> [EncodedImage] {
    let wanted = Array(outputs ?? self.outputs)
    let results = try network.evaluate(
      images, outputs: wanted.map(maps.map(of:)), threads: threads)
    return (0..<images.shape[0]).map { image in
      var result = EncodedImage()
      for (output, maps) in zip(wanted, results) {
        let count = maps.shape.count / maps.shape[0]
        let share = Tensor(
          Shape(Array(maps.shape.extents.dropFirst())),
          Array(maps.elements[(image * count)..<((image + 1) * count)]))
        result.set(share, as: output)
      }
      return result
    }
  }

  /// The forward pass of training, which moves the running statistics of batch normalisation.
  ///
  /// - Parameters:
  ///   - images: `[batch, channels, height, width]`, normalised as the weights expect.
  ///   - outputs: what to compute; all that the encoder has if nil.
  ///   - random: for dropout.
  /// - Throws: `NetworkError` if the network cannot take images of this size.
  package mutating func forward(
    _ images: Tensor, outputs: Set<EncoderOutput>? = nil, random: inout SeededRandom,
    threads: Int = 1
  ) throws -> Trace {
    let wanted = (outputs ?? self.outputs).map(maps.map(of:))
    let trace = try network.forward(images, outputs: wanted, random: &random, threads: threads)
    let grid = wanted.contains(maps.map) ? trace.output(maps.map).shape : [0, 0, 0, 0]
    return Trace(network: trace, maps: maps, gridHeight: grid[1], gridWidth: grid[2])
  }

  /// Backpropagation.
  ///
  /// - Parameters:
  ///   - trace: from `forward`, with the same parameters.
  ///   - regions: the gradient of the loss with respect to `trace.regions`, in its shape; nil for
  ///     zeros, as for `embedding` and `logits`.
  ///   - gradients: receives the sum of what it holds and the gradients of the parameters.
  package func backward(
    _ trace: Trace, regions: Tensor? = nil, embedding: Tensor? = nil, logits: Tensor? = nil,
    gradients: inout TrainableEncoder, threads: Int = 1
  ) {
    var slopes: [FeatureMap: Tensor] = [:]
    if let regions {
      slopes[maps.map] = regions.reshaped([
        regions.shape[0], trace.gridHeight, trace.gridWidth, maps.map.channels,
      ])
    }
    for (output, slope) in [(EncoderOutput.embedding, embedding), (.logits, logits)] {
      guard let slope else { continue }
      slopes[maps.map(of: output)] = slope.reshaped([
        slope.shape[0], 1, 1, slope.shape[1],
      ])
    }
    network.backward(trace.network, slopes, gradients: &gradients.network, threads: threads)
  }

  /// The encoder for inference with the parameters of now.
  ///
  /// - Parameter expectedImage: the size that images will mostly have.
  /// - Throws: `CaptioningError` or `WeightError`, as for weights from elsewhere.
  package func imageEncoder(
    expectedImage: (height: Int, width: Int)? = nil
  ) throws -> ImageEncoder {
    try ImageEncoder(
      configuration: configuration, weights: WeightReader(TensorDictionary(tensors: tensors)),
      outputs: outputs, expectedImage: expectedImage)
  }
}
