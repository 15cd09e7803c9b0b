package import Tensors

/// Dropout (Srivastava et al. 2014, JMLR 15): in training, each element is zeroed with the given
/// probability and the others are divided by 1 − probability, so that inference needs no scaling
/// and is the identity.
package struct Dropout: Sendable {
  /// The probability of zeroing an element, in [0, 1).
  package let probability: Float

  /// - Precondition: `probability` is in [0, 1).
  package init(_ probability: Float) {
    precondition(probability >= 0 && probability < 1, "dropout of probability \(probability)")
    self.probability = probability
  }

  /// A mask to multiply with: 0 or 1 / (1 − probability).
  package func mask(_ shape: Shape, random: inout SeededRandom) -> Tensor {
    let scale = 1 / (1 - probability)
    return Tensor(
      shape, (0..<shape.count).map { _ in random.uniform() < probability ? 0 : scale })
  }

  /// The input with elements dropped, as in training; leave the call out in inference.
  ///
  /// - Parameter input: any shape.
  /// - Returns: the same shape.
  package func callAsFunction(_ input: Tensor, random: inout SeededRandom) -> Tensor {
    var output = mask(input.shape, random: &random)
    for index in output.elements.indices { output.elements[index] *= input.elements[index] }
    return output
  }
}
