package import Tensors

/// Local response normalisation across channels (Krizhevsky, Sutskever, Hinton 2012, section 3.3),
/// as PyTorch's `LocalResponseNorm`:
/// x / (k + α / size · Σ x²)^β, summed over the `size` channels around each.
package struct LocalResponseNormalization: Sendable {
  package let size: Int
  package let alpha: Float
  package let beta: Float
  /// k
  package let bias: Float

  /// The defaults are PyTorch's; the paper has α = 1e-4 · size, β = 0.75, k = 2, size 5.
  package init(size: Int, alpha: Float = 1e-4, beta: Float = 0.75, bias: Float = 1) {
    precondition(size > 0, "normalisation over \(size) channels")
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.bias = bias
  }

  /// - Parameter input: `[batch, height, width, channels]`.
  /// - Returns: the same shape.
  package func callAsFunction(_ input: Tensor, threads: Int = 1) -> Tensor {
    input.mapped(to: input.shape) { input, output in
      output.localResponseNorm(
        input, size: size, alpha: alpha, beta: beta, bias: bias, threads: threads)
    }
  }
}

extension LocalResponseNormalization {
  /// The gradient of the input.
  package func backward(_ outputGradient: Tensor, input: Tensor, threads: Int = 1) -> Tensor {
    outputGradient.scattered(to: input.shape) { outputGradient, gradient in
      input.readAsMaps {
        gradient.addLocalResponseNormGradient(
          outputGradient, input: $0, size: size, alpha: alpha, beta: beta, bias: bias,
          threads: threads)
      }
    }
  }
}
