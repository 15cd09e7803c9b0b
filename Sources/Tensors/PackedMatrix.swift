/// A linear layer's weights rearranged once for products with a few rows: immutable, shared by all threads.
package final class PackedMatrix: Sendable {
  package let inputs: Int
  package let outputs: Int
  private let weights: [Float]
  private let bias: [Float]

  /// - Parameters:
  ///   - weights: `[outputs, inputs]`, as PyTorch's `Linear` keeps them.
  ///   - bias: `[outputs]`, or nil for none.
  package init(weights: Tensor, bias: [Float]? = nil) {
    precondition(
      weights.shape.rank == 2 && (bias?.count ?? weights.shape[0]) == weights.shape[0],
      "weights \(weights.shape), \(bias?.count ?? 0) biases")
    outputs = weights.shape[0]
    inputs = weights.shape[1]
    self.weights = weights.elements
    self.bias = bias ?? [Float](repeating: 0, count: weights.shape[0])
  }

  /// output[r, :] = activation(input[r, :] · weightsᵀ + bias), for `rows` rows.
  ///
  /// - Parameters:
  ///   - input: rows of `inputs` floats, `inputStride` apart.
  ///   - output: rows of `outputs` floats, `outputStride` apart.
  ///   - accumulate: adds to what `output` holds (before the activation) instead of overwriting it.
  package func callAsFunction(
    _ input: UnsafePointer<Float>, rows: Int, inputStride: Int? = nil,
    into output: UnsafeMutablePointer<Float>, outputStride: Int? = nil, accumulate: Bool = false,
    activation: Activation = .none, threads: Int = 1
  ) {
    for r in 0..<rows {
      for o in 0..<outputs {
        let place = r * (outputStride ?? outputs) + o
        var sum = bias[o] + (accumulate ? output[place] : 0)
        for i in 0..<inputs { sum += input[r * (inputStride ?? inputs) + i] * weights[o * inputs + i] }
        switch activation {
        case .none: break
        case .relu: sum = max(0, sum)
        case .relu6: sum = min(max(0, sum), 6)
        }
        output[place] = sum
      }
    }
  }
}
