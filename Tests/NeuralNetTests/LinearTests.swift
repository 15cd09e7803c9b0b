import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct LinearTests {
  // With t = lambda shape, seed: torch.from_numpy(random_tensor(shape, seed)), the function of
  // Scripts/references/seeded.py:
  // torch.nn.functional.linear(t((2, 3), 1), t((4, 3), 2), t((4,), 3))
  @Test func `rows become weight · row + bias`() {
    let layer = Linear(weight: randomTensor([4, 3], seed: 2), bias: randomTensor([4], seed: 3))
    let output = layer(randomTensor([2, 3], seed: 1))
    #expect(output.shape == [2, 4])
    let golden: [Float] = [
      -0.3236916661262512, -0.002943873405456543, 0.0508539080619812, -1.0686109066009521,
      -0.7483698725700378, 0.22223052382469177, -0.1402970552444458, -0.9345200061798096,
    ]
    #expect(relativeError(output.elements, golden) < 1e-6)
  }

  @Test func `a layer reads its own part of a checkpoint`() throws {
    let reader = WeightReader(SeededWeights(seed: 1))["fc"]
    let layer = try Linear(reader, inputs: 3, outputs: 2)
    #expect(layer.weight == SeededWeights(seed: 1).tensor("fc.weight", shape: [2, 3]))
    #expect(layer.bias == SeededWeights(seed: 1).tensor("fc.bias", shape: [2]))
    #expect(try Linear(reader, inputs: 3, outputs: 2, bias: false).bias == nil)
  }

  @Test func `a new layer is random within its bound and follows the seed`() {
    func layer(_ seed: UInt64) -> Linear {
      var random = SeededRandom(seed: seed)
      return Linear(inputs: 16, outputs: 50, random: &random)
    }
    let elements = layer(1).weight.elements
    #expect(elements.allSatisfy { abs($0) <= 0.25 })
    #expect(elements.contains { $0 > 0.2 } && elements.contains { $0 < -0.2 })
    #expect(layer(1).weight == layer(1).weight)
    #expect(layer(1).weight != layer(2).weight)
    #expect(layer(1).bias?.shape == [50])
  }

  // Scripts/references/training.py, linear
  @Test func `gradients are PyTorch's, and add up`() throws {
    let layer = Linear(weight: randomTensor([3, 7], seed: 2), bias: randomTensor([3], seed: 3))
    let input = randomTensor([5, 7], seed: 1)
    let slope = randomTensor([5, 3], seed: 4)
    let golden = try TrainingReferences("linear")
    var gradients = layer.zeros()
    try golden.expect(layer(input), "output")
    try golden.expect(layer.backward(slope, input: input, gradients: &gradients), "input")
    try golden.expect(gradients: gradients)
    let once = gradients
    layer.addGradients(slope, input: input, to: &gradients)
    for (twice, once) in zip(gradients.weight.elements, once.weight.elements) {
      #expect(abs(twice - 2 * once) < 1e-6)
    }
  }

  @Test func `gradients are the slopes of the loss`() throws {
    let layer = Linear(weight: randomTensor([3, 7], seed: 2), bias: randomTensor([3], seed: 3))
    let input = randomTensor([5, 7], seed: 1)
    let slope = randomTensor([5, 3], seed: 4)
    var gradients = layer.zeros()
    let inputGradient = layer.backward(slope, input: input, gradients: &gradients)
    expectGradient(inputGradient, at: input) { dot(layer($0), slope) }
    try expectGradients(gradients, at: layer) { dot($0(input), slope) }
  }
}
