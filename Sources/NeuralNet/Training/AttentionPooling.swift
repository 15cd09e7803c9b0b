package import Tensors

/// One vector for each sequence, as a sum of its steps by learned weights (Yang et al. 2016,
/// "Hierarchical attention networks", eq. 5 to 7): e_t = v · tanh(W h_t + b), α = softmax(e) over the
/// steps, output = Σ α_t h_t.
///
/// Checkpoint keys: `projection.{weight, bias}` (W, b), `score.weight` (v).
package struct AttentionPooling: Trainable {
  /// `[attention, size]`
  package var projection: Linear
  /// `[1, attention]`, without a bias.
  package var score: Linear

  /// What the forward pass computed, as the way back needs it.
  package struct Trace: Sendable {
    /// `[layout.sequences, size]`, in the order in which the sequences were given.
    package let output: Tensor
    /// α of each row, `[layout.rows]`.
    package let weights: [Float]
    fileprivate let input: Tensor
    fileprivate let activated: Tensor
    fileprivate let layout: SequenceLayout
  }

  /// Random parameters, each layer as PyTorch's `nn.Linear` starts.
  package init(size: Int, attention: Int, random: inout SeededRandom) {
    projection = Linear(inputs: size, outputs: attention, random: &random)
    score = Linear(inputs: attention, outputs: 1, bias: false, random: &random)
  }

  package init(projection: Linear, score: Linear) {
    self.projection = projection
    self.score = score
  }

  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("projection", &projection)
    visit("score", &score)
  }

  /// - Parameter input: `[layout.rows, size]`
  package func forward(_ input: Tensor, _ layout: SequenceLayout, threads: Int = 1) -> Trace {
    precondition(
      input.shape == [layout.rows, projection.inputs],
      "attention of \(projection.inputs) inputs over \(input.shape), \(layout.rows) rows")
    let activated = ActivationFunction.tanh(projection(input, threads: threads))
    var weights = score(activated, threads: threads).elements
    let size = projection.inputs
    var output = Tensor([layout.sequences, size])
    output.elements.withUnsafeMutableBufferPointer { output in
      input.elements.withUnsafeBufferPointer { input in
        guard let output = output.baseAddress, let input = input.baseAddress else { return }
        for place in layout.order.indices {
          let rows = layout.rows(ofPlace: place)
          var alpha = rows.map { weights[$0] }
          VectorMath.softmax(alpha, count: alpha.count, into: &alpha)
          for (row, alpha) in zip(rows, alpha) {
            weights[row] = alpha
            TrainingMath.add(
              input + row * size, scaledBy: alpha, count: size,
              into: output + layout.order[place] * size)
          }
        }
      }
    }
    return Trace(
      output: output, weights: weights, input: input, activated: activated, layout: layout)
  }

  /// - Parameters:
  ///   - outputGradient: `[layout.sequences, size]`
  ///   - gradients: receives the sum of what it holds and the gradients of the parameters.
  /// - Returns: the gradient of the input, `[layout.rows, size]`.
  package func backward(
    _ trace: Trace, _ outputGradient: Tensor, gradients: inout AttentionPooling, threads: Int = 1
  ) -> Tensor {
    let layout = trace.layout
    let size = projection.inputs
    precondition(
      outputGradient.shape == trace.output.shape,
      "gradient \(outputGradient.shape) of attention's output \(trace.output.shape)")
    var direct = Tensor(trace.input.shape)
    var scores = Tensor([layout.rows, 1])
    for place in layout.order.indices {
      let sequence = layout.order[place]
      let gradient = outputGradient.elements[sequence * size..<(sequence + 1) * size]
      let rows = layout.rows(ofPlace: place)
      // dα_t = gradient · h_t; de = α (dα - Σ α dα).
      let changes = rows.map { row in
        zip(gradient, trace.input.elements[row * size..<(row + 1) * size]).reduce(Float(0)) {
          $0 + $1.0 * $1.1
        }
      }
      let mean = zip(rows, changes).reduce(Float(0)) { $0 + trace.weights[$1.0] * $1.1 }
      for (row, change) in zip(rows, changes) {
        scores.elements[row] = trace.weights[row] * (change - mean)
        gradient.withUnsafeBufferPointer { gradient in
          direct.elements.withUnsafeMutableBufferPointer { direct in
            guard let gradient = gradient.baseAddress, let direct = direct.baseAddress else {
              return
            }
            TrainingMath.add(
              gradient, scaledBy: trace.weights[row], count: size, into: direct + row * size)
          }
        }
      }
    }
    let activated = score.backward(
      scores, input: trace.activated, gradients: &gradients.score, threads: threads)
    let sums = ActivationFunction.tanh.backward(activated, output: trace.activated)
    let through = projection.backward(
      sums, input: trace.input, gradients: &gradients.projection, threads: threads)
    TrainingMath.add(
      through.elements, count: direct.shape.count, into: &direct.elements, threads: threads)
    return direct
  }
}
