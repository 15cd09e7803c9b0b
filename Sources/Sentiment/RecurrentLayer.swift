package import NeuralNet
package import Tensors

/// An LSTM over sequences, read forwards, or forwards and backwards with the two states side by side
/// (Schuster, Paliwal 1997, "Bidirectional recurrent neural networks").
///
/// Checkpoint keys: `forward`, `reverse`.
package struct RecurrentLayer: Trainable {
  package var forward: LSTMCell
  package var reverse: LSTMCell?

  package var inputs: Int { forward.inputs }
  /// The size of a row of the output.
  package var outputs: Int { forward.hidden + (reverse?.hidden ?? 0) }

  /// What the layer did, as the way back needs it.
  package struct Trace: Sendable {
    /// `[layout.rows, outputs]`
    package let output: Tensor
    fileprivate let forward: LSTMTrace
    fileprivate let reverse: LSTMTrace?
  }

  /// Random parameters as PyTorch's, and forget gates that begin open (a bias of 1; Jozefowicz et
  /// al. 2015).
  package init(inputs: Int, hidden: Int, isBidirectional: Bool, random: inout SeededRandom) {
    forward = LSTMCell(inputs: inputs, hidden: hidden, forgetBias: 1, random: &random)
    reverse =
      isBidirectional
      ? LSTMCell(inputs: inputs, hidden: hidden, forgetBias: 1, random: &random) : nil
  }

  /// - Throws: `WeightError`.
  package init(_ weights: WeightReader, inputs: Int, hidden: Int, isBidirectional: Bool) throws {
    forward = try LSTMCell(weights["forward"], inputs: inputs, hidden: hidden, biases: 1)
    reverse =
      isBidirectional
      ? try LSTMCell(weights["reverse"], inputs: inputs, hidden: hidden, biases: 1) : nil
  }

  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("forward", &forward)
    visit("reverse", &reverse)
  }

  /// - Parameter input: `[layout.rows, inputs]`
  package func callAsFunction(
    _ input: Tensor, _ layout: SequenceLayout, threads: Int = 1
  ) -> Trace {
    let ahead = forward.forward(input, layout, threads: threads)
    guard let reverse else { return Trace(output: ahead.output, forward: ahead, reverse: nil) }
    let back = reverse.forward(input, layout, direction: .reverse, threads: threads)
    return Trace(
      output: Tensor(beside: ahead.output, back.output), forward: ahead, reverse: back)
  }

  /// - Parameters:
  ///   - outputGradient: `[layout.rows, outputs]`
  ///   - gradients: receives the sum of what it holds and the gradients of the parameters.
  /// - Returns: the gradient of the input.
  package func backward(
    _ trace: Trace, _ outputGradient: Tensor, gradients: inout RecurrentLayer, threads: Int = 1
  ) -> Tensor {
    guard let reverse, let back = trace.reverse, var reverseGradients = gradients.reverse else {
      return forward.backward(
        trace.forward, outputGradient, gradients: &gradients.forward, threads: threads
      ).input
    }
    // One owner, so that they are changed in place.
    gradients.reverse = nil
    let split = forward.hidden
    let left = outputGradient.columns(0..<split)
    let right = outputGradient.columns(split..<outputs)
    var input = forward.backward(
      trace.forward, left, gradients: &gradients.forward, threads: threads
    ).input
    let other = reverse.backward(back, right, gradients: &reverseGradients, threads: threads).input
    TrainingMath.add(
      other.elements, count: input.shape.count, into: &input.elements, threads: threads)
    gradients.reverse = reverseGradients
    return input
  }
}
