package import Tensors

/// The greatest value under a window; padding never wins. As PyTorch's `MaxPool2d`.
package struct MaxPooling2d: Sendable {
  package let window: Window
  /// Rounds the output's extents up.
  package let ceil: Bool

  package init(_ window: Window, ceil: Bool = false) {
    self.window = window
    self.ceil = ceil
  }

  /// - Parameter input: `[batch, height, width, channels]`.
  /// - Returns: `[batch, output height, output width, channels]`.
  package func callAsFunction(_ input: Tensor, threads: Int = 1) -> Tensor {
    input.mapped(to: input.shape(under: window, ceil: ceil)) { input, output in
      Pooling.max(input, window: window, ceilMode: ceil, into: output, threads: threads)
    }
  }
}

extension MaxPooling2d {
  /// The gradient of the input: of equal largest values the first takes all, as in PyTorch.
  package func backward(_ outputGradient: Tensor, input: Tensor, threads: Int = 1) -> Tensor {
    outputGradient.scattered(to: input.shape) { outputGradient, gradient in
      input.readAsMaps {
        Pooling.maxGradient(
          outputGradient, input: $0, window: window, ceilMode: ceil, into: gradient,
          threads: threads)
      }
    }
  }
}
