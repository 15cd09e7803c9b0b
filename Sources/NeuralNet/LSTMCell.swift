package import Tensors

/// The order in which a checkpoint stacks an LSTM's gates in the rows of its matrices.
///
/// Written with one letter a gate: `i` input, `f` forget, `o` output, and `g` candidate, which some
/// libraries call `j` or `c`. PyTorch is `ifgo`, Torch and Theano `ifog`, TensorFlow `ijfo`, Keras
/// `ifco`. Two candidates, as in `ifogg`, are the maxout cell of self-critical captioning (arXiv
/// 1612.00563, appendix A): the candidate is the larger of the two, without tanh.
package struct GateOrder: Equatable, Sendable, CustomStringConvertible {
  package let description: String

  /// The gates in the order this project computes with, as places in the checkpoint's order.
  fileprivate let places: [Int]

  package var isMaxout: Bool { places.count == 5 }

  package static let inputForgetCandidateOutput = GateOrder(
    description: "ifgo", places: [0, 1, 2, 3])

  private init(description: String, places: [Int]) {
    self.description = description
    self.places = places
  }

  /// Nil unless `text` has `i`, `f` and `o` once and one or two candidates.
  package init?(_ text: String) {
    let letters = text.map { $0 == "j" || $0 == "c" ? "g" : $0 }
    func places(_ letter: Character) -> [Int] { letters.indices.filter { letters[$0] == letter } }
    let (input, forget, candidate, output) = (places("i"), places("f"), places("g"), places("o"))
    guard input.count == 1, forget.count == 1, output.count == 1,
      (1...2).contains(candidate.count), letters.count == 3 + candidate.count
    else { return nil }
    self.init(
      description: text,
      places: candidate.count == 1
        ? input + forget + candidate + output : input + forget + output + candidate)
  }
}

/// One step of a long short-term memory (Hochreiter and Schmidhuber 1997), after the input x and
/// the state (h, c):
///
/// i, f, o = σ(…), g = tanh(…) of the rows of W_ih · x + W_hh · h + b; c′ = f · c + i · g; h′ = o ·
/// tanh(c′).
///
/// Whatever the checkpoint's gate order and number of biases, the cell keeps one order and one
/// bias. Checkpoint keys: `weight_ih`, `weight_hh`, and by the number of biases `bias_ih` and
/// `bias_hh`.
package struct LSTMCell: Sendable {
  /// `[gates · hidden, inputs]`: rows of i, f, g, o, or, for maxout, of i, f, o, g₁, g₂.
  package var weightIH: Tensor
  /// `[gates · hidden, hidden]`, in the same order.
  package var weightHH: Tensor
  /// `[gates · hidden]`: the sum of the checkpoint's biases.
  package var bias: Tensor
  /// Whether the candidate is max(g₁, g₂) instead of tanh(g).
  package let isMaxout: Bool

  package var inputs: Int { weightIH.shape[1] }
  package var hidden: Int { weightHH.shape[1] }

  /// A cell from matrices in the given gate order.
  ///
  /// - Parameters:
  ///   - weightIH: `[gates · hidden, inputs]`
  ///   - weightHH: `[gates · hidden, hidden]`
  ///   - biases: each `[gates · hidden]`; they are added.
  ///   - gateOrder: the order of the rows.
  ///   - forgetBias: added to the forget gate (TensorFlow's `BasicLSTMCell` adds 1 when it runs).
  package init(
    weightIH: Tensor, weightHH: Tensor, biases: [Tensor],
    gateOrder: GateOrder = .inputForgetCandidateOutput, forgetBias: Float = 0
  ) {
    let hidden = weightHH.shape[1]
    let rows = gateOrder.places.count * hidden
    precondition(
      weightIH.shape.rank == 2 && weightIH.shape[0] == rows && weightHH.shape == [rows, hidden]
        && biases.allSatisfy { $0.shape == [rows] },
      "LSTM of weights \(weightIH.shape) and \(weightHH.shape), biases \(biases.map(\.shape))")
    isMaxout = gateOrder.isMaxout
    self.weightIH = weightIH.permutingRowBlocks(gateOrder.places)
    self.weightHH = weightHH.permutingRowBlocks(gateOrder.places)
    var sum = Tensor([rows])
    for bias in biases {
      for row in 0..<rows { sum.elements[row] += bias.elements[row] }
    }
    sum = sum.permutingRowBlocks(gateOrder.places)
    for row in hidden..<2 * hidden { sum.elements[row] += forgetBias }
    bias = sum
  }

  /// - Parameter biases: 0, 1 (`bias_ih` alone) or 2.
  /// - Throws: `WeightError` if a parameter is missing or has another shape.
  package init(
    _ weights: WeightReader, inputs: Int, hidden: Int,
    gateOrder: GateOrder = .inputForgetCandidateOutput, biases: Int = 2, forgetBias: Float = 0
  ) throws {
    let rows = gateOrder.places.count * hidden
    self.init(
      weightIH: try weights.tensor("weight_ih", [rows, inputs]),
      weightHH: try weights.tensor("weight_hh", [rows, hidden]),
      biases: try ["bias_ih", "bias_hh"].prefix(biases).map { try weights.tensor($0, [rows]) },
      gateOrder: gateOrder, forgetBias: forgetBias)
  }

  /// Random parameters, uniform within ±1 / √hidden, as PyTorch's `nn.LSTMCell` starts.
  package init(inputs: Int, hidden: Int, forgetBias: Float = 0, random: inout SeededRandom) {
    let bound = 1 / Float(hidden).squareRoot()
    self.init(
      weightIH: Tensor(uniform: [4 * hidden, inputs], bound: bound, random: &random),
      weightHH: Tensor(uniform: [4 * hidden, hidden], bound: bound, random: &random),
      biases: [Tensor(uniform: [4 * hidden], bound: bound, random: &random)],
      forgetBias: forgetBias)
  }

  /// The cell's parameters arranged for fast steps.
  package func packed() -> PackedLSTMCell {
    PackedLSTMCell(self)
  }

  /// - Parameters:
  ///   - input: `[rows, inputs]`
  ///   - hidden: `[rows, hidden]`
  ///   - cell: `[rows, hidden]`
  /// - Returns: the next hidden state and cell, each `[rows, hidden]`.
  package func callAsFunction(
    _ input: Tensor, hidden: Tensor, cell: Tensor
  ) -> (hidden: Tensor, cell: Tensor) {
    let rows = input.shape[0]
    precondition(
      input.shape == [rows, inputs] && hidden.shape == [rows, self.hidden]
        && cell.shape == hidden.shape,
      "LSTM of weight \(weightIH.shape) on \(input.shape), \(hidden.shape), \(cell.shape)")
    let packed = packed()
    let joined = PackedLSTMCell.join(
      input.elements, inputs, hidden.elements, self.hidden, rows: rows)
    var (nextHidden, nextCell) = (hidden, cell)
    var gates = [Float](repeating: 0, count: rows * packed.gatesSize)
    joined.withUnsafeBufferPointer { joined in
      gates.withUnsafeMutableBufferPointer { gates in
        nextCell.elements.withUnsafeMutableBufferPointer { cell in
          nextHidden.elements.withUnsafeMutableBufferPointer { hidden in
            guard let from = joined.baseAddress, let gates = gates.baseAddress,
              let cell = cell.baseAddress, let hidden = hidden.baseAddress
            else { return }
            packed(from, rows: rows, gates: gates, cell: cell, hidden: hidden)
          }
        }
      }
    }
    return (nextHidden, nextCell)
  }
}

/// An LSTM cell arranged for inference: one product a step, of a matrix `[gates · hidden, inputs +
/// hidden]` with rows that hold the input and then the hidden state.
package struct PackedLSTMCell: Sendable {
  package let inputs: Int
  package let hidden: Int
  private let isMaxout: Bool
  private let matrix: PackedMatrix

  /// The length of a row of input and hidden state.
  package var joinedSize: Int { inputs + hidden }

  /// How many floats of scratch memory a row needs.
  package var gatesSize: Int { matrix.outputs }

  fileprivate init(_ cell: LSTMCell) {
    (inputs, hidden, isMaxout) = (cell.inputs, cell.hidden, cell.isMaxout)
    let rows = cell.weightIH.shape[0]
    let joined = Self.join(
      cell.weightIH.elements, cell.inputs, cell.weightHH.elements, cell.hidden, rows: rows)
    matrix = PackedMatrix(
      weights: Tensor([rows, inputs + hidden], joined), bias: cell.bias.elements)
  }

  /// Rows of `left` (`leftSize` floats each) beside rows of `right`.
  fileprivate static func join(
    _ left: [Float], _ leftSize: Int, _ right: [Float], _ rightSize: Int, rows: Int
  ) -> [Float] {
    let size = leftSize + rightSize
    return [Float](unsafeUninitializedCapacity: rows * size) { joined, count in
      count = rows * size
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          guard let left = left.baseAddress, let right = right.baseAddress,
            let joined = joined.baseAddress
          else { return }
          for row in 0..<rows {
            (joined + row * size).initialize(from: left + row * leftSize, count: leftSize)
            (joined + row * size + leftSize).initialize(
              from: right + row * rightSize, count: rightSize)
          }
        }
      }
    }
  }

  /// One step of several rows.
  ///
  /// - Parameters:
  ///   - joined: `[rows, inputs + hidden]`
  ///   - gates: scratch of `rows · gatesSize` floats.
  ///   - cell: `[rows, hidden]`, replaced by the next cell.
  ///   - hidden: `[rows, hidden]`, receives the next hidden state; must not overlap `joined`.
  package func callAsFunction(
    _ joined: UnsafePointer<Float>, rows: Int, gates: UnsafeMutablePointer<Float>,
    cell: UnsafeMutablePointer<Float>, hidden: UnsafeMutablePointer<Float>, threads: Int = 1
  ) {
    matrix(joined, rows: rows, into: gates, threads: threads)
    for row in 0..<rows {
      let gates = gates + row * gatesSize
      let cell = cell + row * self.hidden
      let output = hidden + row * self.hidden
      if isMaxout {
        TrainingMath.lstmForward(
          gates: gates, previous: cell, cell: cell, hidden: output, size: self.hidden,
          isMaxout: true)
      } else {
        VectorMath.lstmCell(gates: gates, size: self.hidden, cell: cell, hidden: output)
      }
    }
  }
}

extension Tensor {
  /// The same rows (along the first axis) in equal blocks, block k of the result being block
  /// `order[k]` of this one.
  fileprivate func permutingRowBlocks(_ order: [Int]) -> Tensor {
    if order == Array(order.indices) { return self }
    let block = elements.count / order.count
    return Tensor(shape, order.flatMap { elements[$0 * block..<($0 + 1) * block] })
  }
}
