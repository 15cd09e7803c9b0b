internal import Tensors

/// A convolution of a network in training, with the batch normalisation, residual and activation
/// that follow it.
struct TrainableConvolution: Sendable {
  /// The checkpoint key's beginning, without its closing dot.
  let name: String
  let normalizationName: String?
  var convolution: Convolution2d
  var normalization: BatchNormalization2d?
  let activation: Activation

  /// - Parameter root: what its name is counted from.
  /// - Throws: `WeightError` if parameters are missing or have other shapes.
  init(_ definition: ConvolutionDefinition, epsilon: Double, root: WeightReader) throws {
    name = definition.weights.name(from: root)
    normalizationName = definition.normalization?.name(from: root)
    convolution = try Convolution2d(
      definition.weights, inputs: definition.inputs, outputs: definition.outputs,
      window: definition.window, groups: definition.groups, bias: definition.hasBias)
    normalization = try definition.normalization.map {
      try BatchNormalization2d($0, channels: definition.outputs, epsilon: epsilon)
    }
    activation = definition.activation
  }

  mutating func visitParameters(
    _ visit: ParameterVisitor, isFrozen: Bool, freezesNormalization: Bool
  ) {
    if isFrozen { visit.frozen(name, &convolution) } else { visit(name, &convolution) }
    guard let normalizationName else { return }
    normalization.changeInPlace { normalization in
      if isFrozen || freezesNormalization {
        visit.frozen(normalizationName, &normalization)
      } else {
        visit(normalizationName, &normalization)
      }
    }
  }

  /// As in inference: with the running statistics, folded into the convolution.
  func evaluate(_ input: Tensor, residual: Tensor?, threads: Int) -> Tensor {
    var folded = convolution
    if let normalization {
      let (weight, bias) = normalization.folded(
        into: convolution.weight, bias: convolution.bias?.elements)
      folded.weight = weight
      folded.bias = Tensor([bias.count], bias)
    }
    return folded(input, residual: residual, activation: activation, threads: threads)
  }

  /// - Parameter freezesNormalization: whether the running statistics are used, and stay.
  /// - Returns: also what batch normalisation, if there is one, did.
  mutating func forward(
    _ input: Tensor, residual: Tensor?, freezesNormalization: Bool, threads: Int
  ) -> (output: Tensor, normalization: BatchNormalizationTrace?) {
    guard var normalization else {
      let output = convolution(
        input, residual: residual, activation: activation, threads: threads)
      return (output, nil)
    }
    let convolved = convolution(input, threads: threads)
    let trace: BatchNormalizationTrace
    if freezesNormalization {
      trace = normalization.forwardFrozen(
        convolved, residual: residual, activation: activation, threads: threads)
    } else {
      trace = normalization.forward(
        convolved, residual: residual, activation: activation, threads: threads)
      self.normalization = normalization
    }
    return (trace.output, trace)
  }

  /// - Parameters:
  ///   - input: as in `forward`.
  ///   - trace: what batch normalisation did.
  ///   - output: what `forward` returned, where there is no batch normalisation but an activation.
  ///   - skipsInput: whether nobody needs the gradient of the input; then it is nil.
  /// - Returns: the gradients of the input and of the residual.
  func backward(
    _ outputGradient: Tensor, input: Tensor, trace: BatchNormalizationTrace?, output: Tensor?,
    skipsInput: Bool, gradients: inout TrainableConvolution, threads: Int
  ) -> (input: Tensor?, residual: Tensor) {
    var (slope, residual) = (outputGradient, outputGradient)
    if let normalization, let trace, var sums = gradients.normalization {
      (slope, residual) = normalization.backward(
        trace, outputGradient, gradients: &sums, threads: threads)
      gradients.normalization = sums
    } else if let output {
      slope = activation.backward(outputGradient, output: output, threads: threads)
      residual = slope
    }
    guard skipsInput else {
      let inputGradient = convolution.backward(
        slope, input: input, gradients: &gradients.convolution, threads: threads)
      return (inputGradient, residual)
    }
    convolution.addGradients(
      slope, input: input, to: &gradients.convolution, threads: threads)
    return (nil, residual)
  }
}

extension WeightReader {
  /// What the names here begin with after those of `root`, without the closing dot.
  func name(from root: WeightReader) -> String {
    precondition(prefix.hasPrefix(root.prefix), "weights of “\(prefix)” below “\(root.prefix)”")
    return String(prefix.dropFirst(root.prefix.count).dropLast())
  }
}
