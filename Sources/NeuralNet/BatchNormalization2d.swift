package import Tensors

/// Batch normalisation of feature maps in inference (Ioffe, Szegedy 2015, arXiv 1502.03167):
/// γ · (x − μ) / √(σ² + ε) + β for each channel, with the statistics of the training data.
///
/// Checkpoint keys: `weight` (γ), `bias` (β), `running_mean` (μ), `running_var` (σ²).
package struct BatchNormalization2d: Sendable {
  /// γ, `[channels]`
  package var weight: Tensor
  /// β, `[channels]`
  package var bias: Tensor
  /// μ, `[channels]`
  package var runningMean: Tensor
  /// σ², `[channels]`
  package var runningVariance: Tensor
  /// ε, added to the variance.
  package var epsilon: Double

  package var channels: Int { weight.shape[0] }

  /// - Precondition: all four tensors are `[channels]`.
  package init(
    weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor,
    epsilon: Double = 1e-5
  ) {
    precondition(
      weight.shape.rank == 1
        && [bias, runningMean, runningVariance].allSatisfy { $0.shape == weight.shape },
      """
      batch normalisation of weight \(weight.shape), bias \(bias.shape), mean \
      \(runningMean.shape), variance \(runningVariance.shape)
      """)
    self.weight = weight
    self.bias = bias
    self.runningMean = runningMean
    self.runningVariance = runningVariance
    self.epsilon = epsilon
  }

  /// - Throws: `WeightError` if a parameter is missing or has another shape.
  package init(_ weights: WeightReader, channels: Int, epsilon: Double = 1e-5) throws {
    self.init(
      weight: try weights.tensor("weight", [channels]),
      bias: try weights.tensor("bias", [channels]),
      runningMean: try weights.tensor("running_mean", [channels]),
      runningVariance: try weights.tensor("running_var", [channels]), epsilon: epsilon)
  }

  /// As training starts: γ = 1, β = 0, statistics of a standard normal distribution.
  package init(channels: Int, epsilon: Double = 1e-5) {
    self.init(
      weight: Tensor(repeating: 1, [channels]), bias: Tensor([channels]),
      runningMean: Tensor([channels]), runningVariance: Tensor(repeating: 1, [channels]),
      epsilon: epsilon)
  }

  /// The normalisation as x · scale + shift, with `scale` and `shift` `[channels]`.
  private var affine: (scale: [Double], shift: [Double]) {
    let scale = (0..<channels).map {
      Double(weight.elements[$0]) / (Double(runningVariance.elements[$0]) + epsilon).squareRoot()
    }
    let shift = (0..<channels).map {
      Double(bias.elements[$0]) - Double(runningMean.elements[$0]) * scale[$0]
    }
    return (scale, shift)
  }

  /// - Parameter input: `[batch, height, width, channels]`.
  /// - Returns: the same shape.
  package func callAsFunction(_ input: Tensor) -> Tensor {
    precondition(
      input.shape.rank == 4 && input.shape[3] == channels,
      "batch normalisation of \(channels) channels on \(input.shape)")
    let (scale, shift) = affine
    var output = input
    output.elements.withUnsafeMutableBufferPointer { output in
      for pixel in stride(from: 0, to: output.count, by: channels) {
        for c in 0..<channels {
          output[pixel + c] = Float(Double(output[pixel + c]) * scale[c] + shift[c])
        }
      }
    }
    return output
  }

  /// The parameters of the convolution that does what a convolution and then this do; computed in
  /// double precision, so that folding adds no error beyond the rounding of its result.
  ///
  /// - Parameters:
  ///   - convolution: weights `[channels, inputs, kernel height, kernel width]`.
  ///   - bias: `[channels]`, or nil for none.
  package func folded(
    into convolution: Tensor, bias convolutionBias: [Float]?
  ) -> (weight: Tensor, bias: [Float]) {
    precondition(
      convolution.shape[0] == channels && (convolutionBias?.count ?? channels) == channels,
      "batch normalisation of \(channels) channels after weights \(convolution.shape)")
    let (scale, shift) = affine
    var folded = convolution
    let count = convolution.shape.count / max(1, channels)
    folded.elements.withUnsafeMutableBufferPointer { folded in
      for channel in 0..<channels {
        for index in (channel * count)..<((channel + 1) * count) {
          folded[index] = Float(Double(folded[index]) * scale[channel])
        }
      }
    }
    let bias = (0..<channels).map {
      Float(Double(convolutionBias?[$0] ?? 0) * scale[$0] + shift[$0])
    }
    return (folded, bias)
  }
}
