package import Tensors

/// A convolution of feature maps, as PyTorch's `Conv2d`.
///
/// Checkpoint keys: `weight`, and `bias` where the layer has one.
package struct Convolution2d: Sendable {
  /// `[outputs, inputs / groups, kernel height, kernel width]`
  package var weight: Tensor
  /// `[outputs]`, or nil for none.
  package var bias: Tensor?
  package let window: Window
  /// Into how many groups the channels are divided, each convolved alone; as many as channels make
  /// the convolution depthwise.
  package let groups: Int

  package var inputs: Int { weight.shape[1] * groups }
  package var outputs: Int { weight.shape[0] }

  /// - Precondition: `weight` is `[outputs, inputs / groups, kernel height, kernel width]`, `bias`,
  ///   if any, `[outputs]`, and `groups` divides the outputs.
  package init(weight: Tensor, bias: Tensor?, window: Window, groups: Int = 1) {
    let shape = weight.shape
    precondition(
      shape.rank == 4 && (shape[2], shape[3]) == window.kernel && groups > 0
        && shape[0] % groups == 0 && (bias.map { $0.shape == [shape[0]] } ?? true),
      """
      convolution of weight \(shape), bias \(bias?.shape.description ?? "none"), kernel \
      \(window.kernel), \(groups) groups
      """)
    self.weight = weight
    self.bias = bias
    self.window = window
    self.groups = groups
  }

  /// - Throws: `WeightError` if a parameter is missing or has another shape.
  package init(
    _ weights: WeightReader, inputs: Int, outputs: Int, window: Window, groups: Int = 1,
    bias: Bool = true
  ) throws {
    self.init(
      weight: try weights.tensor(
        "weight", [outputs, inputs / groups, window.kernel.height, window.kernel.width]),
      bias: bias ? try weights.tensor("bias", [outputs]) : nil, window: window, groups: groups)
  }

  /// Random parameters, uniform within ±1 / √fan-in, as PyTorch's `nn.Conv2d` starts.
  package init(
    inputs: Int, outputs: Int, window: Window, groups: Int = 1, bias: Bool = true,
    random: inout SeededRandom
  ) {
    let (height, width) = window.kernel
    let bound = 1 / Float(inputs / groups * height * width).squareRoot()
    self.init(
      weight: Tensor(
        uniform: [outputs, inputs / groups, height, width], bound: bound, random: &random),
      bias: bias ? Tensor(uniform: [outputs], bound: bound, random: &random) : nil,
      window: window, groups: groups)
  }

  /// activation(convolution(input) + residual).
  ///
  /// - Parameters:
  ///   - input: `[batch, height, width, inputs]`.
  ///   - residual: of the result's shape.
  /// - Returns: `[batch, output height, output width, outputs]`.
  package func callAsFunction(
    _ input: Tensor, residual: Tensor? = nil, activation: Activation = .none, threads: Int = 1
  ) -> Tensor {
    precondition(
      input.shape.rank == 4 && input.shape[3] == inputs,
      "convolution of weight \(weight.shape), \(groups) groups, on \(input.shape)")
    let (batch, height, width) = (input.shape[0], input.shape[1], input.shape[2])
    let size = window.outputSize(height: height, width: width)
    let shape: Shape = [batch, size.height, size.width, outputs]
    precondition(
      (residual?.shape ?? shape) == shape,
      "a residual of \(residual?.shape.description ?? "none") for a convolution to \(shape)")
    let convolution = PackedConvolution(
      weights: weight, bias: bias?.elements, window: window, groups: groups,
      activation: activation, expectedOutput: size)
    let scratch = AlignedBuffer(
      count: convolution.scratchCount(
        batch: batch, height: height, width: width, threads: threads))
    return withExtendedLifetime(scratch) {
      input.mapped(to: shape) { input, output in
        guard let residual else {
          convolution(input, into: output, scratch: scratch.base, threads: threads)
          return
        }
        residual.readAsMaps {
          convolution(
            input, residual: $0, into: output, scratch: scratch.base, threads: threads)
        }
      }
    }
  }
}

extension Convolution2d: Trainable {
  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("weight", &weight)
    visit("bias", &bias)
  }

  /// - Parameters:
  ///   - outputGradient: `[batch, output height, output width, outputs]`
  ///   - input: `[batch, height, width, inputs]`, as in the call.
  ///   - gradients: receives the sum of what it holds and the gradients of the parameters.
  /// - Returns: the gradient of the input, in its shape.
  package func backward(
    _ outputGradient: Tensor, input: Tensor, gradients: inout Convolution2d, threads: Int = 1
  ) -> Tensor {
    addGradients(outputGradient, input: input, to: &gradients, threads: threads)
    return outputGradient.mapped(to: input.shape) { outputGradient, gradient in
      way.input(outputGradient, weights: weight, into: gradient, threads: threads)
    }
  }

  /// The backward pass where nobody needs the gradient of the input.
  package func addGradients(
    _ outputGradient: Tensor, input: Tensor, to gradients: inout Convolution2d, threads: Int = 1
  ) {
    var sum = gradients.weight
    // Leaves one owner of the elements, so that they are changed in place.
    gradients.weight = Tensor([0, 0, window.kernel.height, window.kernel.width])
    outputGradient.readAsMaps { outputGradient in
      input.readAsMaps { input in
        way.addWeights(outputGradient, input: input, to: &sum, threads: threads)
      }
    }
    gradients.weight = sum
    guard bias != nil else { return }
    let sums = ChannelMath.sums(
      outputGradient.elements, pixels: outputGradient.shape.count / outputs, channels: outputs,
      threads: threads)
    gradients.bias.changeInPlace { bias in
      for output in 0..<outputs { bias.elements[output] += Float(sums[output]) }
    }
  }

  private var way: ConvolutionGradient {
    ConvolutionGradient(
      window: window, groups: groups, inputChannels: inputs, outputChannels: outputs)
  }
}
