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

  /// The input with elements dropped, as in training; leave the call out in inference.
  ///
  /// - Parameters:
  ///   - input: any shape.
  ///   - random: gives one number an element.
  /// - Returns: the same shape.
  package func callAsFunction(
    _ input: Tensor, random: inout SeededRandom, threads: Int = 1
  ) -> Tensor {
    let output = backward(input, random: random, threads: threads)
    random.skip(input.shape.count)
    return output
  }

  /// The gradient of the input: the same elements are dropped again, so that no mask is kept.
  ///
  /// - Parameters:
  ///   - outputGradient: the shape of the input.
  ///   - random: as it was before the call.
  package func backward(
    _ outputGradient: Tensor, random: SeededRandom, threads: Int = 1
  ) -> Tensor {
    Tensor(uninitialized: outputGradient.shape) { result in
      TrainingMath.dropout(
        outputGradient.elements, count: outputGradient.shape.count, probability: probability,
        state: random.state, into: result, threads: threads)
    }
  }
}
