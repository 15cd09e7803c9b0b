package import Tensors

/// The state of an LSTM for several sequences.
package struct LSTMState: Equatable, Sendable {
  /// `[sequences, hidden]`
  package var hidden: Tensor
  /// `[sequences, hidden]`
  package var cell: Tensor

  package init(hidden: Tensor, cell: Tensor) {
    self.hidden = hidden
    self.cell = cell
  }
}

/// In which order an LSTM reads its sequences.
package enum SequenceDirection: Sendable {
  case forward, reverse
}

/// What an LSTM did to sequences, as the way back needs it.
package struct LSTMTrace: Sendable {
  /// The hidden state after each step, `[layout.rows, hidden]`.
  package let output: Tensor
  /// The state after each sequence's last step (for `.reverse`, its first), in the order in which
  /// the sequences were given.
  package let final: LSTMState
  fileprivate let layout: SequenceLayout
  fileprivate let direction: SequenceDirection
  fileprivate let input: Tensor
  /// `[rows, gates · hidden]`: the activations of the gates.
  fileprivate let gates: Tensor
  /// `[rows, hidden]`
  fileprivate let cells: Tensor
  /// By place in the layout.
  fileprivate let initial: LSTMState?
}

extension LSTMCell: Trainable {
  /// The two biases of most checkpoints are one here, `bias_ih`.
  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("weight_ih", &weightIH)
    visit("weight_hh", &weightHH)
    visit("bias_ih", &bias)
  }

  /// Runs over whole sequences: all input projections are one product, and then each step is a
  /// product and the gates.
  ///
  /// - Parameters:
  ///   - input: `[layout.rows, inputs]`
  ///   - initial: the state before the first step, in the order in which the sequences were given;
  ///     nil for zeros. For truncated backpropagation, the last trace's `final`.
  ///   - threads: share out the sequences.
  package func forward(
    _ input: Tensor, _ layout: SequenceLayout, direction: SequenceDirection = .forward,
    initial: LSTMState? = nil, threads: Int = 1
  ) -> LSTMTrace {
    precondition(
      input.shape == [layout.rows, inputs],
      "LSTM of weight \(weightIH.shape) on \(input.shape), \(layout.rows) rows")
    let first = initial.map {
      LSTMState(hidden: layout.byPlace($0.hidden), cell: layout.byPlace($0.cell))
    }
    let zeros = Tensor([layout.sequences, hidden])
    let start = first ?? LSTMState(hidden: zeros, cell: zeros)
    var gates = input.matmul(weightIH, transposed: true, initial: bias, threads: threads)
    var cells = Tensor(uninitialized: [layout.rows, hidden]) { _ in }
    var output = Tensor(uninitialized: [layout.rows, hidden]) { _ in }
    let recurrence = Recurrence(self, layout, direction)
    recurrence.forward(
      recurrent: PackedMatrix(weights: weightHH), hasInitial: first != nil,
      start.hidden.elements, start.cell.elements, gates: &gates.elements, cells: &cells.elements,
      output: &output.elements, threads: threads)
    return LSTMTrace(
      output: output,
      final: LSTMState(
        hidden: recurrence.last(of: output, start: start.hidden),
        cell: recurrence.last(of: cells, start: start.cell)),
      layout: layout, direction: direction, input: input, gates: gates, cells: cells,
      initial: first)
  }

  /// Backpropagation through time.
  ///
  /// - Parameters:
  ///   - trace: from `forward`, with the same parameters.
  ///   - outputGradient: `[layout.rows, hidden]`, of the loss with respect to `trace.output`.
  ///   - finalGradient: with respect to `trace.final`; nil for zeros.
  ///   - gradients: receives the sum of what it holds and the gradients of the parameters.
  ///   - skipsInput: whether nobody needs the gradient of the input; then it is empty.
  /// - Returns: the gradients of the input, `[layout.rows, inputs]`, and of the initial state.
  package func backward(
    _ trace: LSTMTrace, _ outputGradient: Tensor, finalGradient: LSTMState? = nil,
    gradients: inout LSTMCell, skipsInput: Bool = false, threads: Int = 1
  ) -> (input: Tensor, initial: LSTMState) {
    let layout = trace.layout
    precondition(
      outputGradient.shape == trace.output.shape && weightHH.shape[1] == outputGradient.shape[1],
      "gradients \(outputGradient.shape) of outputs \(trace.output.shape)")
    let zeros = Tensor([layout.sequences, hidden])
    var state =
      finalGradient.map {
        LSTMState(hidden: layout.byPlace($0.hidden), cell: layout.byPlace($0.cell))
      }
      ?? LSTMState(hidden: zeros, cell: zeros)
    let start = trace.initial ?? LSTMState(hidden: zeros, cell: zeros)
    var gateGradients = Tensor(uninitialized: trace.gates.shape) { _ in }
    let recurrence = Recurrence(self, layout, trace.direction)
    recurrence.backward(
      recurrent: PackedMatrix(weights: weightHH, transposed: true), start.cell.elements,
      gates: trace.gates.elements, cells: trace.cells.elements, outputGradient.elements,
      hiddenGradient: &state.hidden.elements, cellGradient: &state.cell.elements,
      gateGradients: &gateGradients.elements, threads: threads)
    TrainingMath.addRows(
      gateGradients.elements, rows: layout.rows, columns: trace.gates.shape[1],
      into: &gradients.bias.elements, threads: threads)
    gradients.weightIH.add(transposed: gateGradients, times: trace.input, threads: threads)
    gradients.weightHH.add(
      transposed: gateGradients,
      times: recurrence.previous(of: trace.output, start: start.hidden), threads: threads)
    return (
      skipsInput ? Tensor([0, inputs]) : gateGradients.matmul(weightIH, threads: threads),
      LSTMState(
        hidden: layout.byPlace(inverse: state.hidden), cell: layout.byPlace(inverse: state.cell))
    )
  }
}

/// The part of an LSTM over sequences in which each step waits for the one before.
private struct Recurrence {
  let hidden: Int
  let gates: Int
  let isMaxout: Bool
  let layout: SequenceLayout
  /// In the order in which they are computed.
  let steps: [Step]

  /// One step of the sequences that have it.
  struct Step {
    /// Its first row.
    let offset: Int
    let count: Int
    /// The first row of the step computed before.
    let previous: Int
    /// How many of the places were in that step; the others start here.
    let continued: Int
  }

  init(_ cell: LSTMCell, _ layout: SequenceLayout, _ direction: SequenceDirection) {
    hidden = cell.hidden
    gates = cell.weightHH.shape[0]
    isMaxout = cell.isMaxout
    self.layout = layout
    let order = direction == .forward ? Array(0..<layout.steps) : (0..<layout.steps).reversed()
    var steps: [Step] = []
    for (index, step) in order.enumerated() {
      let before = index == 0 ? nil : order[index - 1]
      steps.append(
        Step(
          offset: layout.offsets[step], count: layout.counts[step],
          previous: before.map { layout.offsets[$0] } ?? 0,
          continued: before.map { min(layout.counts[$0], layout.counts[step]) } ?? 0))
    }
    self.steps = steps
  }

  /// Each worker runs through all steps with every `workers`-th place, so that no step waits for
  /// another worker and long sequences are spread evenly.
  private func overWorkers(_ threads: Int, _ body: (_ worker: Int, _ workers: Int) -> Void) {
    let workers = max(1, min(threads, layout.sequences / 4))
    parallelFor(workers, threads: workers) { body($0, workers) }
  }

  func forward(
    recurrent: PackedMatrix, hasInitial: Bool, _ startHidden: UnsafePointer<Float>,
    _ startCell: UnsafePointer<Float>, gates allGates: UnsafeMutablePointer<Float>,
    cells: UnsafeMutablePointer<Float>, output: UnsafeMutablePointer<Float>, threads: Int
  ) {
    overWorkers(threads) { worker, workers in
      /// Adds the recurrent product of places from `first` on, below `end`, to their gates.
      func multiply(
        _ step: Step, _ first: Int, _ end: Int, _ state: UnsafePointer<Float>
      ) {
        guard first < end else { return }
        recurrent(
          state + first * hidden, rows: (end - first - 1) / workers + 1,
          inputStride: workers * hidden, into: allGates + (step.offset + first) * gates,
          outputStride: workers * gates, accumulate: true)
      }
      for step in steps {
        multiply(step, worker, step.continued, output + step.previous * hidden)
        // The worker's first place that starts here.
        let fresh = worker + (max(0, step.continued - worker) + workers - 1) / workers * workers
        if hasInitial { multiply(step, fresh, step.count, startHidden) }
        for place in stride(from: worker, to: step.count, by: workers) {
          let row = step.offset + place
          let previous =
            place < step.continued
            ? UnsafePointer(cells) + (step.previous + place) * hidden : startCell + place * hidden
          TrainingMath.lstmForward(
            gates: allGates + row * gates, previous: previous, cell: cells + row * hidden,
            hidden: output + row * hidden, size: hidden, isMaxout: isMaxout)
        }
      }
    }
  }

  /// - Parameters:
  ///   - hiddenGradient, cellGradient: by place: of the final state before, of the initial one
  ///     after.
  func backward(
    recurrent: PackedMatrix, _ startCell: UnsafePointer<Float>,
    gates allGates: UnsafePointer<Float>, cells: UnsafePointer<Float>,
    _ outputGradient: UnsafePointer<Float>, hiddenGradient: UnsafeMutablePointer<Float>,
    cellGradient: UnsafeMutablePointer<Float>, gateGradients: UnsafeMutablePointer<Float>,
    threads: Int
  ) {
    overWorkers(threads) { worker, workers in
      for step in steps.reversed() where worker < step.count {
        for place in stride(from: worker, to: step.count, by: workers) {
          let row = step.offset + place
          let previous =
            place < step.continued
            ? cells + (step.previous + place) * hidden : startCell + place * hidden
          TrainingMath.lstmBackward(
            gates: allGates + row * gates, previous: previous, cell: cells + row * hidden,
            outputGradient: outputGradient + row * hidden,
            hiddenGradient: hiddenGradient + place * hidden,
            cellGradient: cellGradient + place * hidden,
            gateGradients: gateGradients + row * gates, size: hidden, isMaxout: isMaxout)
        }
        recurrent(
          gateGradients + (step.offset + worker) * gates,
          rows: (step.count - worker - 1) / workers + 1, inputStride: workers * gates,
          into: hiddenGradient + worker * hidden, outputStride: workers * hidden)
      }
    }
  }

  /// For each row of `tensor` the one of the same sequence computed before, or that of `start`.
  func previous(of tensor: Tensor, start: Tensor) -> Tensor {
    Tensor(uninitialized: tensor.shape) { result in
      tensor.elements.withUnsafeBufferPointer { rows in
        start.elements.withUnsafeBufferPointer { start in
          guard let rows = rows.baseAddress, let start = start.baseAddress else { return }
          for step in steps {
            let target = result + step.offset * hidden
            target.update(
              from: rows + step.previous * hidden, count: step.continued * hidden)
            (target + step.continued * hidden).update(
              from: start + step.continued * hidden, count: (step.count - step.continued) * hidden)
          }
        }
      }
    }
  }

  /// The row of each sequence's last step, or of `start` where it has none, in the order given.
  func last(of tensor: Tensor, start: Tensor) -> Tensor {
    var result = start
    result.elements.withUnsafeMutableBufferPointer { result in
      tensor.elements.withUnsafeBufferPointer { rows in
        guard let result = result.baseAddress, let rows = rows.baseAddress else { return }
        for step in steps {
          result.update(from: rows + step.offset * hidden, count: step.count * hidden)
        }
      }
    }
    return layout.byPlace(inverse: result)
  }
}
