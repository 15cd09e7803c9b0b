package import Tensors

/// The mean under a window, as PyTorch's `AvgPool2d`.
package struct AveragePooling2d: Sendable {
  package let window: Window
  /// Rounds the output's extents up.
  package let ceil: Bool
  /// Whether padding counts as zeros, or is left out of the mean.
  package let includePadding: Bool

  package init(_ window: Window, ceil: Bool = false, includePadding: Bool = true) {
    self.window = window
    self.ceil = ceil
    self.includePadding = includePadding
  }

  /// - Parameter input: `[batch, height, width, channels]`.
  /// - Returns: `[batch, output height, output width, channels]`.
  package func callAsFunction(_ input: Tensor, threads: Int = 1) -> Tensor {
    input.mapped(to: input.shape(under: window, ceil: ceil)) { input, output in
      Pooling.average(
        input, window: window, ceilMode: ceil, includePadding: includePadding, into: output,
        threads: threads)
    }
  }
}

extension AveragePooling2d {
  /// - Parameter inputShape: of the input in the call.
  /// - Returns: the gradient of the input.
  package func backward(
    _ outputGradient: Tensor, inputShape: Shape, threads: Int = 1
  ) -> Tensor {
    outputGradient.scattered(to: inputShape) { outputGradient, gradient in
      Pooling.averageGradient(
        outputGradient, window: window, ceilMode: ceil, includePadding: includePadding,
        into: gradient, threads: threads)
    }
  }
}
