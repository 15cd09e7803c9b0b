package import Tensors

/// A feature map inside a network: what one layer hands to the next, `[batch, height, width,
/// channels]`. It has a size only once the network is planned for images of one size.
package struct FeatureMap: Hashable, Sendable {
  /// Its place in the order in which the network computes its feature maps.
  let index: Int
  package let channels: Int
}

/// A convolution with what follows it, and where its parameters are.
struct ConvolutionDefinition: Windowed {
  let weights: WeightReader
  let inputs: Int
  let outputs: Int
  let window: Window
  let groups: Int
  let hasBias: Bool
  let normalization: WeightReader?
  let activation: Activation
}

/// A fully connected layer, and where its parameters are.
struct LinearDefinition: Sendable {
  let weights: WeightReader
  let inputs: Int
  let outputs: Int
}

/// Puts together a convolutional network, so that its definition reads like its paper:
///
///     var net = NetworkBuilder(channels: 3)
///     var x = net.convolution(
///       net.input, weights["conv1"], out: 64, Window(7, stride: 2, padding: 3),
///       normalization: weights["bn1"], activation: .relu)
///     x = net.maxPool(x, Window(3, stride: 2, padding: 1))
///
/// Every method returns the feature map that it adds, and notes where the parameters for it are. They
/// are read when the definition becomes a network: by `build`, ready for inference, or by
/// `TrainableNetwork`.
package struct NetworkBuilder {
  /// The images: `[batch, height, width, channels]`.
  package let input: FeatureMap
  let normalizationEpsilon: Double
  private(set) var graph = NetworkGraph<ConvolutionDefinition, LinearDefinition>()
  private var concatenated: Set<FeatureMap> = []

  /// - Parameters:
  ///   - channels: of the images.
  ///   - transform: what is done to every pixel first; nil for nothing.
  ///   - normalizationEpsilon: what batch normalisation adds to the variance.
  package init(
    channels: Int, transform: ChannelTransform? = nil, normalizationEpsilon: Double = 1e-5
  ) {
    precondition(
      (transform?.scale.count ?? channels) == channels,
      "\(transform?.scale.count ?? 0) scales for \(channels) channels")
    input = FeatureMap(index: 0, channels: channels)
    self.normalizationEpsilon = normalizationEpsilon
    _ = append(.input(transform), channels: channels)
  }

  private mutating func append(
    _ operation: Operation<ConvolutionDefinition, LinearDefinition>, channels: Int
  ) -> FeatureMap {
    graph.append(operation, channels: channels)
    return FeatureMap(index: graph.operations.count - 1, channels: channels)
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
  package mutating func convolution(
    _ input: FeatureMap, _ weights: WeightReader, out: Int, _ window: Window, groups: Int = 1,
    bias: Bool? = nil, normalization: WeightReader? = nil, residual: FeatureMap? = nil,
    activation: Activation = .none
  ) -> FeatureMap {
    precondition(
      (residual?.channels ?? out) == out,
      "a residual of \(residual?.channels ?? 0) channels for \(out)")
    let definition = ConvolutionDefinition(
      weights: weights, inputs: input.channels, outputs: out, window: window, groups: groups,
      hasBias: bias ?? (normalization == nil), normalization: normalization,
      activation: activation)
    return append(
      .convolution(definition, input: input.index, residual: residual?.index), channels: out)
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

  /// Dropout in training; in inference its input as it is.
  package mutating func dropout(_ input: FeatureMap, _ probability: Float) -> FeatureMap {
    append(.dropout(Dropout(probability), input: input.index), channels: input.channels)
  }

  /// The inputs' channels after one another. Costs nothing in inference: the inputs are computed
  /// into their places.
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
  package mutating func linear(
    _ input: FeatureMap, _ weights: WeightReader, out: Int, height: Int = 1, width: Int = 1,
    activation: Activation = .none
  ) -> FeatureMap {
    let definition = LinearDefinition(
      weights: weights, inputs: input.channels * height * width, outputs: out)
    return append(
      .linear(
        definition, height: height, width: width, activation: activation, input: input.index),
      channels: out)
  }
}
