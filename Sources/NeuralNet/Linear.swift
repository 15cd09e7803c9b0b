package import Tensors

/// A fully connected layer: y = x · weightᵀ + bias.
///
/// Checkpoint keys: `weight`, and `bias` where the layer has one.
package struct Linear: Sendable {
  /// `[outputs, inputs]`
  package var weight: Tensor
  /// `[outputs]`, or nil for none.
  package var bias: Tensor?

  package var inputs: Int { weight.shape[1] }
  package var outputs: Int { weight.shape[0] }

  /// - Precondition: `weight` is `[outputs, inputs]` and `bias`, if any, `[outputs]`.
  package init(weight: Tensor, bias: Tensor?) {
    precondition(
      weight.shape.rank == 2 && (bias.map { $0.shape == [weight.shape[0]] } ?? true),
      "linear layer of weight \(weight.shape) and bias \(bias?.shape.description ?? "none")")
    self.weight = weight
    self.bias = bias
  }

  /// - Throws: `WeightError` if a parameter is missing or has another shape.
  package init(_ weights: WeightReader, inputs: Int, outputs: Int, bias: Bool = true) throws {
    self.init(
      weight: try weights.tensor("weight", [outputs, inputs]),
      bias: bias ? try weights.tensor("bias", [outputs]) : nil)
  }

  /// Random parameters, uniform within ±1 / √inputs, as PyTorch's `nn.Linear` starts.
  package init(inputs: Int, outputs: Int, bias: Bool = true, random: inout SeededRandom) {
    let bound = 1 / Float(inputs).squareRoot()
    self.init(
      weight: Tensor(uniform: [outputs, inputs], bound: bound, random: &random),
      bias: bias ? Tensor(uniform: [outputs], bound: bound, random: &random) : nil)
  }

  /// The layer's parameters arranged for fast products.
  package func packed() -> PackedMatrix {
    PackedMatrix(weights: weight, bias: bias?.elements)
  }

  /// - Parameter input: `[rows, inputs]`.
  /// - Returns: `[rows, outputs]`.
  package func callAsFunction(_ input: Tensor, threads: Int = 1) -> Tensor {
    precondition(
      input.shape.rank == 2 && input.shape[1] == inputs,
      "linear layer of weight \(weight.shape) on \(input.shape)")
    return input.matmul(weight, transposed: true, initial: bias, threads: threads)
  }
}

extension Tensor {
  /// Random elements, uniform in [−bound, bound).
  package init(uniform shape: Shape, bound: Float, random: inout SeededRandom) {
    self.init(shape, (0..<shape.count).map { _ in (random.uniform() * 2 - 1) * bound })
  }
}
