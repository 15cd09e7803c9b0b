import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct SoftmaxCrossEntropyTests {
  let targets: [Int?] = [2, nil, 0, 36, 11]

  func logits() -> Tensor {
    var logits = randomTensor([5, 37], seed: 1)
    logits.elements = logits.elements.map { 4 * $0 }
    return logits
  }

  // Scripts/references/training.py, cross_entropy
  @Test(arguments: [Float(0), 0.1])
  func `loss and gradient are PyTorch's`(smoothing: Float) throws {
    let loss = SoftmaxCrossEntropy(labelSmoothing: smoothing)
    let golden = try TrainingReferences("cross-entropy-\(smoothing)")
    let (value, gradient) = loss(logits(), targets: targets, threads: 2)
    try golden.expect(Tensor([1], [Float(value)]), "loss")
    try golden.expect(gradient, "logits")
    expectGradient(gradient, at: logits()) { loss($0, targets: targets).loss }
  }

  // Scripts/references/training.py, cross_entropy
  @Test(arguments: [Float(0), 0.1])
  func `through a linear layer, too`(smoothing: Float) throws {
    let layer = Linear(weight: randomTensor([37, 8], seed: 3), bias: randomTensor([37], seed: 4))
    let golden = try TrainingReferences("linear-cross-entropy-\(smoothing)")
    var gradients = layer.zeros()
    let (value, gradient) = SoftmaxCrossEntropy(labelSmoothing: smoothing)(
      randomTensor([5, 8], seed: 2), through: layer, targets: targets, gradients: &gradients)
    try golden.expect(Tensor([1], [Float(value)]), "loss")
    try golden.expect(gradient, "input")
    try golden.expect(gradients: gradients)
  }

  @Test func `blocks of rows give what all rows at once give`() {
    // A vocabulary for which 64 rows are a block.
    var random = SeededRandom(seed: 1)
    let layer = Linear(inputs: 4, outputs: 70_000, random: &random)
    let input = randomTensor([130, 4], seed: 2)
    let targets = (0..<130).map { $0 % 7 == 0 ? nil : ($0 * 541) % 70_000 }
    var (inBlocks, atOnce) = (layer.zeros(), layer.zeros())
    let loss = SoftmaxCrossEntropy()
    let found = loss(input, through: layer, targets: targets, gradients: &inBlocks, threads: 2)
    let (value, slope) = loss(layer(input), targets: targets)
    let gradient = layer.backward(slope, input: input, gradients: &atOnce)
    #expect(abs(found.loss - value) < 1e-9)
    #expect(relativeError(found.gradient.elements, gradient.elements) < 1e-5)
    #expect(relativeError(inBlocks.weight.elements, atOnce.weight.elements) < 1e-5)
  }

  @Test func `parts of a batch with the batch's divisor add up to the batch`() {
    let loss = SoftmaxCrossEntropy(labelSmoothing: 0.2)
    let whole = loss(logits(), targets: targets)
    let first = loss(
      Tensor([2, 37], Array(logits().elements[..<74])), targets: Array(targets[..<2]), divisor: 4)
    let second = loss(
      Tensor([3, 37], Array(logits().elements[74...])), targets: Array(targets[2...]), divisor: 4)
    #expect(abs(first.loss + second.loss - whole.loss) < 1e-12)
    #expect(first.gradient.elements + second.gradient.elements == whole.gradient.elements)
  }

  @Test func `rows that do not count have no loss and no gradient`() {
    let (value, gradient) = SoftmaxCrossEntropy()(logits(), targets: [nil, nil, nil, nil, nil])
    #expect(value == 0)
    #expect(gradient == Tensor([5, 37]))
  }
}
