package import Tensors

/// What batch normalisation did in training, as the way back needs it.
package struct BatchNormalizationTrace: Sendable {
  /// activation(γ · (x − μ) / √(σ² + ε) + β + residual), the shape of the input.
  package let output: Tensor
  fileprivate let input: Tensor
  /// μ and 1 / √(σ² + ε) of each channel.
  fileprivate let mean: [Float]
  fileprivate let inverseDeviation: [Float]
  /// Whether they are the batch's and change with it.
  fileprivate let isOfBatch: Bool
  fileprivate let activation: Activation
}

extension BatchNormalization2d: Trainable {
  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("weight", &weight)
    visit("bias", &bias)
    visit.statistic("running_mean", &runningMean)
    visit.statistic("running_var", &runningVariance)
  }

  /// Normalises with the batch's statistics, and moves the running ones towards them: running ← (1 −
  /// momentum) · running + momentum · batch, with the unbiased variance, as PyTorch does.
  ///
  /// - Parameters:
  ///   - input: `[batch, height, width, channels]`
  ///   - residual: added before the activation, of the input's shape.
  package mutating func forward(
    _ input: Tensor, residual: Tensor? = nil, activation: Activation = .none,
    momentum: Double = 0.1, threads: Int = 1
  ) -> BatchNormalizationTrace {
    let pixels = count(input, residual)
    let mean = ChannelMath.sums(
      input.elements, pixels: pixels, channels: channels, threads: threads
    ).map { $0 / Double(max(1, pixels)) }
    let squares = ChannelMath.squares(
      input.elements, minus: mean.map { Float($0) }, pixels: pixels, threads: threads)
    for channel in 0..<channels {
      runningMean.elements[channel] = Float(
        (1 - momentum) * Double(runningMean.elements[channel]) + momentum * mean[channel])
      runningVariance.elements[channel] = Float(
        (1 - momentum) * Double(runningVariance.elements[channel])
          + momentum * squares[channel] / Double(max(1, pixels - 1)))
    }
    return normalized(
      input, residual, mean: mean, variance: squares.map { $0 / Double(max(1, pixels)) },
      isOfBatch: true, activation: activation, threads: threads)
  }

  /// Normalises with the running statistics, which stay as they are; for the training of other
  /// layers, or of γ and β alone.
  package func forwardFrozen(
    _ input: Tensor, residual: Tensor? = nil, activation: Activation = .none, threads: Int = 1
  ) -> BatchNormalizationTrace {
    _ = count(input, residual)
    return normalized(
      input, residual, mean: runningMean.elements.map { Double($0) },
      variance: runningVariance.elements.map { Double($0) }, isOfBatch: false,
      activation: activation, threads: threads)
  }

  /// - Parameters:
  ///   - outputGradient: the shape of the output.
  ///   - gradients: receives the sum of what it holds and the gradients of the parameters.
  /// - Returns: the gradients of the input and of the residual, both in the input's shape.
  package func backward(
    _ trace: BatchNormalizationTrace, _ outputGradient: Tensor,
    gradients: inout BatchNormalization2d, threads: Int = 1
  ) -> (input: Tensor, residual: Tensor) {
    precondition(
      outputGradient.shape == trace.output.shape,
      "gradient \(outputGradient.shape) of batch normalisation's output \(trace.output.shape)")
    let pixels = trace.input.shape.count / channels
    let slope = trace.activation.backward(
      outputGradient, output: trace.output, threads: threads)
    let sums = ChannelMath.sums(
      slope.elements, pixels: pixels, channels: channels, threads: threads)
    // Σ dy · (x − μ)
    let products = ChannelMath.sums(
      slope.elements, times: trace.input.elements, minus: trace.mean, pixels: pixels,
      threads: threads)
    // dx = γ / σ · (dy − mean(dy) − (x − μ) / σ² · mean(dy · (x − μ))), the means only where μ and
    // σ are the batch's.
    var (slopeScale, inputScale, shift) = (
      trace.mean, [Float](repeating: 0, count: channels), [Float](repeating: 0, count: channels)
    )
    for channel in 0..<channels {
      let inverse = Double(trace.inverseDeviation[channel])
      gradients.weight.elements[channel] += Float(products[channel] * inverse)
      gradients.bias.elements[channel] += Float(sums[channel])
      let scale = Double(weight.elements[channel]) * inverse
      slopeScale[channel] = Float(scale)
      if trace.isOfBatch {
        let factor = -scale * inverse * inverse * products[channel] / Double(max(1, pixels))
        inputScale[channel] = Float(factor)
        shift[channel] = Float(
          -scale * sums[channel] / Double(max(1, pixels)) - factor * Double(trace.mean[channel]))
      }
    }
    let input = Tensor(uninitialized: slope.shape) { result in
      if trace.isOfBatch {
        ChannelMath.mix(
          slope.elements, by: slopeScale, trace.input.elements, by: inputScale, plus: shift,
          pixels: pixels, into: result, threads: threads)
      } else {
        ChannelMath.scale(
          slope.elements, by: slopeScale, plus: shift, pixels: pixels, into: result,
          threads: threads)
      }
    }
    return (input, slope)
  }

  /// How many pixels there are.
  private func count(_ input: Tensor, _ residual: Tensor?) -> Int {
    precondition(
      input.shape.rank == 4 && input.shape[3] == channels
        && residual.map { $0.shape == input.shape } ?? true,
      "batch normalisation of \(channels) channels on \(input.shape)")
    return input.shape.count / channels
  }

  private func normalized(
    _ input: Tensor, _ residual: Tensor?, mean: [Double], variance: [Double], isOfBatch: Bool,
    activation: Activation, threads: Int
  ) -> BatchNormalizationTrace {
    let inverse = variance.map { 1 / ($0 + epsilon).squareRoot() }
    let scale = (0..<channels).map { Double(weight.elements[$0]) * inverse[$0] }
    let shift = (0..<channels).map { Float(Double(bias.elements[$0]) - mean[$0] * scale[$0]) }
    let factors = scale.map { Float($0) }
    let pixels = input.shape.count / channels
    let output = Tensor(uninitialized: input.shape) { result in
      if let residual {
        ChannelMath.scale(
          input.elements, by: factors, plus: shift, residual: residual.elements, pixels: pixels,
          activation: activation, into: result, threads: threads)
      } else {
        ChannelMath.scale(
          input.elements, by: factors, plus: shift, pixels: pixels, activation: activation,
          into: result, threads: threads)
      }
    }
    return BatchNormalizationTrace(
      output: output, input: input, mean: mean.map { Float($0) },
      inverseDeviation: inverse.map { Float($0) }, isOfBatch: isOfBatch, activation: activation)
  }
}
