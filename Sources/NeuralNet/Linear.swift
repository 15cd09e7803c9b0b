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

extension Linear: Trainable {
  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("weight", &weight)
    visit("bias", &bias)
  }

  /// - Parameters:
  ///   - outputGradient: `[rows, outputs]`
  ///   - input: `[rows, inputs]`, as in the call.
  ///   - gradients: receives the sum of what it holds and the gradients of the parameters.
  /// - Returns: the gradient of the input, `[rows, inputs]`.
  package func backward(
    _ outputGradient: Tensor, input: Tensor, gradients: inout Linear, threads: Int = 1
  ) -> Tensor {
    addGradients(outputGradient, input: input, to: &gradients, threads: threads)
    return outputGradient.matmul(weight, threads: threads)
  }

  /// The backward pass where nobody needs the gradient of the input.
  package func addGradients(
    _ outputGradient: Tensor, input: Tensor, to gradients: inout Linear, threads: Int = 1
  ) {
    precondition(
      outputGradient.shape == [input.shape[0], outputs] && input.shape[1] == inputs,
      "linear layer of weight \(weight.shape), gradient \(outputGradient.shape) of \(input.shape)")
    gradients.weight.add(transposed: outputGradient, times: input, threads: threads)
    gradients.bias.changeInPlace { bias in
      TrainingMath.addRows(
        outputGradient.elements, rows: input.shape[0], columns: outputs, into: &bias.elements,
        threads: threads)
    }
  }
}

extension Tensor {
  /// Random elements, uniform in [−bound, bound).
  package init(uniform shape: Shape, bound: Float, random: inout SeededRandom) {
    self.init(shape, (0..<shape.count).map { _ in (random.uniform() * 2 - 1) * bound })
  }
}
