package import Tensors

/// The means of bins that cover feature maps of any size evenly, as PyTorch's `AdaptiveAvgPool2d`:
/// bin i of n over a side s is [⌊i·s/n⌋, ⌈(i+1)·s/n⌉).
package struct AdaptiveAveragePooling2d: Sendable {
  /// How many bins lie below each other.
  package let height: Int
  /// How many bins lie side by side.
  package let width: Int

  package init(height: Int = 1, width: Int = 1) {
    self.height = height
    self.width = width
  }

  /// - Parameter input: `[batch, height, width, channels]`.
  /// - Returns: `[batch, self.height, self.width, channels]`.
  package func callAsFunction(_ input: Tensor, threads: Int = 1) -> Tensor {
    precondition(input.shape.rank == 4, "adaptive pooling of \(input.shape)")
    return input.mapped(to: [input.shape[0], height, width, input.shape[3]]) { input, output in
      Pooling.adaptiveAverage(input, into: output, threads: threads)
    }
  }
}

extension AdaptiveAveragePooling2d {
  /// - Parameter inputShape: of the input in the call.
  /// - Returns: the gradient of the input.
  package func backward(
    _ outputGradient: Tensor, inputShape: Shape, threads: Int = 1
  ) -> Tensor {
    outputGradient.scattered(to: inputShape) { outputGradient, gradient in
      Pooling.adaptiveAverageGradient(outputGradient, into: gradient, threads: threads)
    }
  }
}
