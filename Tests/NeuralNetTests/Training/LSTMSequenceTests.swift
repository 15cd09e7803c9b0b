import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct LSTMSequenceTests {
  let layout = SequenceLayout(lengths: [3, 5, 1, 4])

  func cell(hidden: Int, gates: Int = 4) throws -> LSTMCell {
    let rows = gates * hidden
    return LSTMCell(
      weightIH: randomTensor([rows, 6], seed: 1), weightHH: randomTensor([rows, hidden], seed: 2),
      biases: [randomTensor([rows], seed: 3)],
      gateOrder: try #require(GateOrder(gates == 4 ? "ifgo" : "ifogg")))
  }

  // Scripts/references/training.py, lstm
  @Test(arguments: [9, 33], [SequenceDirection.forward, .reverse])
  func `outputs and gradients are PyTorch's`(hidden: Int, direction: SequenceDirection) throws {
    let cell = try cell(hidden: hidden)
    let state = LSTMState(
      hidden: randomTensor([4, hidden], seed: 5), cell: randomTensor([4, hidden], seed: 6))
    let golden = try TrainingReferences(
      "lstm\(direction == .reverse ? "-reverse" : "")-\(hidden)")
    for threads in [1, 2, 3] {
      let trace = cell.forward(
        randomTensor([13, 6], seed: 4), layout, direction: direction, initial: state,
        threads: threads)
      try golden.expect(trace.output, "output")
      try golden.expect(trace.final.hidden, "final_hidden")
      try golden.expect(trace.final.cell, "final_cell")
      var gradients = cell.zeros()
      let (input, initial) = cell.backward(
        trace, randomTensor([13, hidden], seed: 7),
        finalGradient: LSTMState(
          hidden: randomTensor([4, hidden], seed: 8), cell: randomTensor([4, hidden], seed: 9)),
        gradients: &gradients, threads: threads)
      try golden.expect(input, "input")
      try golden.expect(initial.hidden, "initial_hidden")
      try golden.expect(initial.cell, "initial_cell")
      try golden.expect(gradients: gradients)
    }
  }

  // Scripts/references/training.py, maxout
  @Test func `a maxout cell's gradients are those of its formula in PyTorch`() throws {
    let cell = try cell(hidden: 9, gates: 5)
    let trace = cell.forward(
      randomTensor([12, 6], seed: 4), SequenceLayout(sequences: 3, steps: 4))
    let golden = try TrainingReferences("maxout")
    try golden.expect(trace.output, "output")
    var gradients = cell.zeros()
    let (input, _) = cell.backward(
      trace, randomTensor([12, 9], seed: 5), gradients: &gradients)
    try golden.expect(input, "input")
    try golden.expect(gradients: gradients)
  }

  @Test func `gradients are the slopes of the loss`() throws {
    let cell = try cell(hidden: 5)
    let input = randomTensor([13, 6], seed: 4)
    let slope = randomTensor([13, 5], seed: 7)
    var gradients = cell.zeros()
    let (inputGradient, _) = cell.backward(
      cell.forward(input, layout), slope, gradients: &gradients)
    expectGradient(inputGradient, at: input) { dot(cell.forward($0, layout).output, slope) }
    try expectGradients(gradients, at: cell) { dot($0.forward(input, layout).output, slope) }
  }

  @Test func `a sequence in two pieces, with the state carried over, is the sequence`() throws {
    let cell = try cell(hidden: 9)
    let input = randomTensor([12, 6], seed: 4)
    let whole = cell.forward(input, SequenceLayout(sequences: 2, steps: 6))
    let half = SequenceLayout(sequences: 2, steps: 3)
    let first = cell.forward(Tensor([6, 6], Array(input.elements[..<36])), half)
    let second = cell.forward(
      Tensor([6, 6], Array(input.elements[36...])), half, initial: first.final)
    #expect(
      relativeError(first.output.elements + second.output.elements, whole.output.elements) < 1e-6)
    #expect(relativeError(second.final.cell.elements, whole.final.cell.elements) < 1e-6)
  }

  @Test func `the steps are those of the cell, and empty sequences keep their state`() throws {
    let cell = try cell(hidden: 9)
    let input = randomTensor([2, 6], seed: 4)
    let state = LSTMState(
      hidden: randomTensor([3, 9], seed: 5), cell: randomTensor([3, 9], seed: 6))
    let trace = cell.forward(input, SequenceLayout(lengths: [1, 0, 1]), initial: state)
    let next = cell(
      input, hidden: rows([0, 2], of: state.hidden), cell: rows([0, 2], of: state.cell))
    #expect(relativeError(trace.output.elements, next.hidden.elements) < 1e-6)
    #expect(relativeError(rows([0, 2], of: trace.final.cell).elements, next.cell.elements) < 1e-6)
    #expect(rows([1], of: trace.final.hidden) == rows([1], of: state.hidden))
  }

  private func rows(_ rows: [Int], of tensor: Tensor) -> Tensor {
    let size = tensor.shape[1]
    return Tensor(
      [rows.count, size], rows.flatMap { tensor.elements[$0 * size..<($0 + 1) * size] })
  }
}
