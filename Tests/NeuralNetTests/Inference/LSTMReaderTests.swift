import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct LSTMReaderTests {
  // The layer for training is checked against PyTorch: see LSTMSequenceTests.
  @Test(arguments: [SequenceDirection.forward, .reverse], [9, 33])
  func `states are those of the layer for training`(direction: SequenceDirection, hidden: Int) {
    let cell = LSTMCell(
      weightIH: randomTensor([4 * hidden, 6], seed: 1),
      weightHH: randomTensor([4 * hidden, hidden], seed: 2),
      biases: [randomTensor([4 * hidden], seed: 3)])
    let layout = SequenceLayout(lengths: [3, 5, 0, 1, 4])
    let table = randomTensor([4, 6], seed: 4)
    let places = (0..<layout.rows).map { Int32($0 * 7 % 4) }
    var input = Tensor([layout.rows, 6])
    for (row, place) in places.enumerated() {
      for index in 0..<6 { input.elements[row * 6 + index] = table[Int(place), index] }
    }
    let expected = cell.forward(input, layout, direction: direction).output
    // Rows wider than the states, as beside those of the other direction.
    let stride = hidden + 2
    var found = [Float](repeating: 7, count: layout.rows * stride)
    found.withUnsafeMutableBufferPointer { found in
      guard let found = found.baseAddress else { return }
      LSTMReader(cell)(
        table, places: places, layout, direction: direction, into: found, stride: stride)
    }
    for row in 0..<layout.rows {
      let states = Array(found[row * stride..<row * stride + hidden])
      let golden = Array(expected.elements[row * hidden..<(row + 1) * hidden])
      #expect(relativeError(states, golden) < 1e-6)
      #expect(found[row * stride + hidden..<(row + 1) * stride].allSatisfy { $0 == 7 })
    }
  }
}
