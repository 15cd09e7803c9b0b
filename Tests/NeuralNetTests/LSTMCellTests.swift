import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct LSTMCellTests {
  let weightIH = randomTensor([8, 3], seed: 1)
  let weightHH = randomTensor([8, 2], seed: 2)
  let biases = [randomTensor([8], seed: 3), randomTensor([8], seed: 4)]
  let input = randomTensor([2, 3], seed: 5)
  let hidden = randomTensor([2, 2], seed: 6)
  let cell = randomTensor([2, 2], seed: 7)

  // With t = lambda shape, seed: torch.from_numpy(random_tensor(shape, seed)), the function of
  // Scripts/references/seeded.py:
  // lstm = torch.nn.LSTMCell(3, 2)
  // lstm.weight_ih.data, lstm.weight_hh.data = t((8, 3), 1), t((8, 2), 2)
  // lstm.bias_ih.data, lstm.bias_hh.data = t((8,), 3), t((8,), 4)
  // lstm(t((2, 3), 5), (t((2, 2), 6), t((2, 2), 7)))
  let goldenHidden: [Float] = [
    -0.2315233051776886, -0.05612393096089363, 0.19843193888664246, 0.37222322821617126,
  ]
  let goldenCell: [Float] = [
    -0.331650972366333, -0.06605690717697144, 0.5236932039260864, 0.5239938497543335,
  ]

  func check(_ lstm: LSTMCell) {
    let next = lstm(input, hidden: hidden, cell: cell)
    #expect(next.hidden.shape == [2, 2] && next.cell.shape == [2, 2])
    #expect(relativeError(next.hidden.elements, goldenHidden) < 1e-6)
    #expect(relativeError(next.cell.elements, goldenCell) < 1e-6)
  }

  /// The blocks of rows i, f, g, o in another order.
  func stacked(_ tensor: Tensor, _ order: [Int]) -> Tensor {
    let block = tensor.elements.count / 4
    return Tensor(
      tensor.shape, order.flatMap { tensor.elements[$0 * block..<($0 + 1) * block] })
  }

  @Test func `a step is PyTorch's`() {
    check(LSTMCell(weightIH: weightIH, weightHH: weightHH, biases: biases))
  }

  @Test(arguments: [
    ("ifgo", [0, 1, 2, 3]), ("ifog", [0, 1, 3, 2]), ("ijfo", [0, 2, 1, 3]), ("ifco", [0, 1, 2, 3]),
    ("ogif", [3, 2, 0, 1]),
  ])
  func `any gate order gives the same step`(text: String, order: [Int]) throws {
    check(
      LSTMCell(
        weightIH: stacked(weightIH, order), weightHH: stacked(weightHH, order),
        biases: biases.map { stacked($0, order) }, gateOrder: try #require(GateOrder(text))))
  }

  @Test func `biases add up, and so does the forget bias`() {
    var sum = biases[0]
    for index in 0..<8 { sum.elements[index] += biases[1].elements[index] }
    check(LSTMCell(weightIH: weightIH, weightHH: weightHH, biases: [sum]))
    for index in 2..<4 { sum.elements[index] -= 1 }
    check(LSTMCell(weightIH: weightIH, weightHH: weightHH, biases: [sum], forgetBias: 1))
  }

  // With W, U, b, x, h, c = t((10, 3), 1), t((10, 2), 2), t((10,), 3), t((2, 3), 5), t((2, 2), 6),
  // t((2, 2), 7), as in ruotianluo's FCModel.py:
  // s = x @ W.T + h @ U.T + b
  // i, f, o = torch.sigmoid(s[:, :6]).chunk(3, 1); g = torch.max(s[:, 6:8], s[:, 8:])
  // c = f * c + i * g; h = o * torch.tanh(c)
  @Test func `two candidates make a maxout cell`() throws {
    let lstm = LSTMCell(
      weightIH: randomTensor([10, 3], seed: 1), weightHH: randomTensor([10, 2], seed: 2),
      biases: [randomTensor([10], seed: 3)], gateOrder: try #require(GateOrder("ifogg")))
    let next = lstm(input, hidden: hidden, cell: cell)
    let goldenHidden: [Float] = [
      -0.0281404759734869, 0.32415416836738586, 0.2281656712293625, 0.41696515679359436,
    ]
    let goldenCell: [Float] = [
      -0.08712238073348999, 0.7246405482292175, 0.654510498046875, 0.6837224364280701,
    ]
    #expect(relativeError(next.hidden.elements, goldenHidden) < 1e-6)
    #expect(relativeError(next.cell.elements, goldenCell) < 1e-6)
  }

  @Test(arguments: ["", "ifg", "ifggo ", "iifgo", "ifgoo", "ifgggo", "ifgx", "IFGO", "fgo"])
  func `other letters are no gate order`(text: String) {
    #expect(GateOrder(text) == nil)
  }

  @Test(arguments: 0...2)
  func `a checkpoint has none, one or two biases`(count: Int) throws {
    let source = SeededWeights(seed: 1)
    let lstm = try LSTMCell(
      WeightReader(source)["decode_step"], inputs: 3, hidden: 2, biases: count)
    var bias = Tensor([8])
    for name in ["decode_step.bias_ih", "decode_step.bias_hh"].prefix(count) {
      let part = source.tensor(name, shape: [8])
      for index in 0..<8 { bias.elements[index] += part.elements[index] }
    }
    #expect(lstm.bias == bias)
    #expect(lstm.weightIH == source.tensor("decode_step.weight_ih", shape: [8, 3]))
    #expect(lstm.weightHH == source.tensor("decode_step.weight_hh", shape: [8, 2]))
  }

  @Test func `a new cell is random within its bound, with the forget bias`() {
    var random = SeededRandom(seed: 1)
    let lstm = LSTMCell(inputs: 3, hidden: 4, forgetBias: 1, random: &random)
    #expect(lstm.inputs == 3 && lstm.hidden == 4)
    #expect((lstm.weightIH.elements + lstm.weightHH.elements).allSatisfy { abs($0) <= 0.5 })
    #expect(lstm.bias.elements[4..<8].allSatisfy { $0 >= 0.5 && $0 <= 1.5 })
    #expect(lstm.bias.elements[8...].allSatisfy { abs($0) <= 0.5 })
  }
}
