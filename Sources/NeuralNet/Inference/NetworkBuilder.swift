package import Tensors

/// A feature map inside a network: what one layer hands to the next, `[batch, height, width,
/// channels]`. It has a size only once the network is planned for images of one size.
package struct FeatureMap: Hashable, Sendable {
  /// Its place in the order in which the network computes its feature maps.
  let index: Int
  package let channels: Int
}

/// Puts together a convolutional network for inference, so that its definition reads like its
/// paper:
///
///     var net = NetworkBuilder(channels: 3)
///     var x = try net.convolution(
///       net.input, weights["conv1"], out: 64, Window(7, stride: 2, padding: 3),
///       normalization: weights["bn1"], activation: .relu)
///     x = net.maxPool(x, Window(3, stride: 2, padding: 1))
///
/// Every method reads the parameters it needs and returns the feature map that it adds. Batch
/// normalisation is folded into the convolution before it; bias, residual and activation happen
/// while the convolution writes its result.
package struct NetworkBuilder {
  /// The images: `[batch, height, width, channels]`.
  package let input: FeatureMap
  private let normalizationEpsilon: Double
  private let expectedImage: (height: Int, width: Int)?
  private var operations: [Operation] = []
  private var channels: [Int] = []
  private var concatenated: Set<FeatureMap> = []

  /// - Parameters:
  ///   - channels: of the images.
  ///   - transform: what is done to every pixel first; nil for nothing.
  ///   - normalizationEpsilon: what batch normalisation adds to the variance.
  ///   - expectedImage: the size that images will mostly have, if it is known: then every
  ///     convolution is computed by the method that suits its maps. Images of other sizes are
  ///     computed, too.
  package init(
    channels: Int, transform: ChannelTransform? = nil, normalizationEpsilon: Double = 1e-5,
    expectedImage: (height: Int, width: Int)? = nil
  ) {
    precondition(
      (transform?.scale.count ?? channels) == channels,
      "\(transform?.scale.count ?? 0) scales for \(channels) channels")
    input = FeatureMap(index: 0, channels: channels)
    self.normalizationEpsilon = normalizationEpsilon
    self.expectedImage = expectedImage
    _ = append(.input(transform), channels: channels)
  }

  /// The network as built so far.
  package func build() -> Network {
    Network(operations: operations, channels: channels)
  }

  /// The size of a feature map for images of the expected size, if one is expected and fits.
  private func expectedSize(of map: FeatureMap) -> (height: Int, width: Int)? {
    guard let expectedImage else { return nil }
    let sizes = build().sizes(
      height: expectedImage.height, width: expectedImage.width,
      needed: [Bool](repeating: true, count: operations.count))
    return sizes?[map.index]
  }

  private mutating func append(_ operation: Operation, channels count: Int) -> FeatureMap {
    operations.append(operation)
    channels.append(count)
    return FeatureMap(index: operations.count - 1, channels: count)
  }

  /// activation(normalization(convolution(input)) + residual).
  ///
  /// - Parameters:
  ///   - weights: where `weight [out, input channels / groups, kernel height, kernel width]` and,
  ///     if there is one, `bias [out]` are.
  ///   - bias: whether there is a bias; nil for the custom that there is one exactly where no
  ///     normalisation follows.
  ///   - normalization: where the batch normalisation's `weight`, `bias`, `running_mean` and
  ///     `running_var`, all `[out]`, are.
  ///   - residual: a feature map of the result's extents.
  /// - Throws: `WeightError` if parameters are missing or have other shapes.
  package mutating func convolution(
    _ input: FeatureMap, _ weights: WeightReader, out: Int, _ window: Window, groups: Int = 1,
    bias: Bool? = nil, normalization: WeightReader? = nil, residual: FeatureMap? = nil,
    activation: Activation = .none
  ) throws -> FeatureMap {
    precondition(
      (residual?.channels ?? out) == out,
      "a residual of \(residual?.channels ?? 0) channels for \(out)")
    var weight = try weights.tensor(
      "weight", [out, input.channels / groups, window.kernel.height, window.kernel.width])
    var offset: [Float]?
    if bias ?? (normalization == nil) {
      offset = try weights.tensor("bias", [out]).elements
    }
    if let normalization {
      let parameters = try BatchNormalization2d(
        normalization, channels: out, epsilon: normalizationEpsilon)
      (weight, offset) = parameters.folded(into: weight, bias: offset)
    }
    let packed = PackedConvolution(
      weights: weight, bias: offset, window: window, groups: groups, activation: activation,
      expectedOutput: expectedSize(of: input).map {
        window.outputSize(height: $0.height, width: $0.width)
      })
    return append(
      .convolution(packed, input: input.index, residual: residual?.index), channels: out)
  }

  /// The greatest value under the window.
  package mutating func maxPool(
    _ input: FeatureMap, _ window: Window, ceil: Bool = false
  ) -> FeatureMap {
    append(.maximum(window, ceil: ceil, input: input.index), channels: input.channels)
  }

  /// The mean under the window.
  ///
  /// - Parameter includePadding: whether padding counts as zeros, or is left out of the mean.
  package mutating func averagePool(
    _ input: FeatureMap, _ window: Window, ceil: Bool = false, includePadding: Bool = true
  ) -> FeatureMap {
    append(
      .average(window, ceil: ceil, includePadding: includePadding, input: input.index),
      channels: input.channels)
  }

  /// The means of `height` × `width` bins that cover the feature map evenly, whatever its size.
  package mutating func adaptiveAveragePool(
    _ input: FeatureMap, height: Int = 1, width: Int = 1
  ) -> FeatureMap {
    append(
      .adaptiveAverage(height: height, width: width, input: input.index),
      channels: input.channels)
  }

  package mutating func tanh(_ input: FeatureMap) -> FeatureMap {
    append(.tanh(input: input.index), channels: input.channels)
  }

  /// The inputs' channels after one another. Costs nothing: the inputs are computed into their
  /// places.
  ///
  /// - Precondition: no input is the network's, and none is part of another concatenation.
  package mutating func concatenate(_ inputs: [FeatureMap]) -> FeatureMap {
    for input in inputs {
      precondition(
        input != self.input && concatenated.insert(input).inserted,
        "feature map \(input.index) cannot be computed into this concatenation")
    }
    return append(
      .concatenation(inputs.map(\.index)), channels: inputs.map(\.channels).reduce(0, +))
  }

  /// A fully connected layer over a whole feature map of a given size, flattened in PyTorch's
  /// order: activation(flattened · weightᵀ + bias) as a feature map of 1×1.
  ///
  /// - Parameters:
  ///   - weights: where `weight [out, channels · height · width]` and `bias [out]` are.
  ///   - height: of the input.
  ///   - width: of the input.
  /// - Throws: `WeightError` if parameters are missing or have other shapes.
  package mutating func linear(
    _ input: FeatureMap, _ weights: WeightReader, out: Int, height: Int = 1, width: Int = 1,
    activation: Activation = .none
  ) throws -> FeatureMap {
    let inputs = input.channels * height * width
    let weight = try weights.tensor("weight", [out, inputs])
    let packed = PackedMatrix(
      weights: channelsLast(weight, channels: input.channels, pixels: height * width),
      bias: try weights.tensor("bias", [out]).elements)
    return append(
      .linear(packed, height: height, width: width, activation: activation, input: input.index),
      channels: out)
  }

  /// The weights of a fully connected layer with every row `[channels, pixels]` turned into
  /// `[pixels, channels]`.
  private func channelsLast(_ weight: Tensor, channels: Int, pixels: Int) -> Tensor {
    guard pixels > 1 else { return weight }
    var result = Tensor(weight.shape)
    result.elements.withUnsafeMutableBufferPointer { result in
      weight.elements.withUnsafeBufferPointer { weight in
        for row in stride(from: 0, to: weight.count, by: channels * pixels) {
          for pixel in 0..<pixels {
            for channel in 0..<channels {
              result[row &+ pixel &* channels &+ channel] =
                weight[row &+ channel &* pixels &+ pixel]
            }
          }
        }
      }
    }
    return result
  }
}
