package import Tensors

/// An LSTM arranged for reading whole sequences without a way back.
///
/// Inputs are given as rows of a table, so that what occurs often, such as a word, is multiplied by
/// the input weights once; each step's gates stay in the cache from the product to the next state.
package struct LSTMReader: Sendable {
  package let inputs: Int
  package let hidden: Int
  private let input: PackedMatrix
  private let recurrent: PackedMatrix

  /// - Precondition: the cell's candidate is no maxout.
  package init(_ cell: LSTMCell) {
    precondition(!cell.isMaxout, "a reader of a maxout cell")
    (inputs, hidden) = (cell.inputs, cell.hidden)
    input = PackedMatrix(weights: cell.weightIH, bias: cell.bias.elements)
    recurrent = PackedMatrix(weights: cell.weightHH)
  }

  /// Reads sequences from their first step to their last, or from their last to their first.
  ///
  /// - Parameters:
  ///   - table: `[rows, inputs]`
  ///   - places: for each of the layout's rows a row of the table.
  ///   - states: receives the hidden state after each step, in rows `stride` floats apart.
  package func callAsFunction(
    _ table: Tensor, places: [Int32], _ layout: SequenceLayout, direction: SequenceDirection,
    into states: UnsafeMutablePointer<Float>, stride: Int
  ) {
    precondition(
      table.shape.rank == 2 && table.shape[1] == inputs && places.count == layout.rows
        && places.allSatisfy { $0 >= 0 && $0 < table.shape[0] },
      "a reader of \(inputs) inputs on \(table.shape), \(places.count) of \(layout.rows) rows")
    let size = input.outputs
    let rows = table.shape[0]
    let projected = AlignedBuffer(count: max(1, rows * size))
    input(table.elements, rows: rows, into: projected.base)
    let most = layout.counts.first ?? 0
    let gates = AlignedBuffer(count: max(1, most * size))
    let cells = AlignedBuffer(count: max(1, most * hidden))
    cells.base.update(repeating: 0, count: most * hidden)
    let order = direction == .forward ? Array(0..<layout.steps) : (0..<layout.steps).reversed()
    var previous: Int?
    for step in order {
      let (offset, count) = (layout.offsets[step], layout.counts[step])
      for place in 0..<count {
        (gates.base + place * size).update(
          from: projected.base + Int(places[offset + place]) * size, count: size)
      }
      if let previous {
        // Places beyond those of the step before begin here, with a state of zeros.
        recurrent(
          states + layout.offsets[previous] * stride, rows: min(count, layout.counts[previous]),
          inputStride: stride, into: gates.base, outputStride: size, accumulate: true)
      }
      for place in 0..<count {
        VectorMath.lstmCell(
          gates: gates.base + place * size, size: hidden, cell: cells.base + place * hidden,
          hidden: states + (offset + place) * stride)
      }
      previous = step
    }
    withExtendedLifetime((projected, gates, cells)) {}
  }
}
