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
    let (left, right) = outputGradient.columns(splitAt: forward.hidden)
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

extension Tensor {
  /// The rows of one matrix beside those of another.
  package init(beside left: Tensor, _ right: Tensor) {
    let (rows, first, second) = (left.shape[0], left.shape[1], right.shape[1])
    precondition(right.shape[0] == rows, "\(left.shape) beside \(right.shape)")
    self.init(uninitialized: [rows, first + second]) { output in
      left.elements.withUnsafeBufferPointer { left in
        right.elements.withUnsafeBufferPointer { right in
          guard let left = left.baseAddress, let right = right.baseAddress else { return }
          for row in 0..<rows {
            let target = output + row * (first + second)
            target.update(from: left + row * first, count: first)
            (target + first).update(from: right + row * second, count: second)
          }
        }
      }
    }
  }

  /// The first columns of a matrix, and the others.
  package func columns(splitAt first: Int) -> (Tensor, Tensor) {
    let (rows, all) = (shape[0], shape[1])
    func part(_ range: Range<Int>) -> Tensor {
      Tensor(uninitialized: [rows, range.count]) { output in
        elements.withUnsafeBufferPointer { elements in
          guard let elements = elements.baseAddress else { return }
          for row in 0..<rows {
            (output + row * range.count).update(
              from: elements + row * all + range.lowerBound, count: range.count)
          }
        }
      }
    }
    return (part(0..<first), part(first..<all))
  }
}
