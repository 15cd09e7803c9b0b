import NeuralNet
import TestSupport
import Tensors
import Testing

@Suite struct AttentionPoolingTests {
  let layout = SequenceLayout(lengths: [3, 5, 1, 4])
  let input = randomTensor([13, 6], seed: 1)
  let slope = randomTensor([4, 6], seed: 2)
  let layer = AttentionPooling(
    projection: Linear(weight: randomTensor([5, 6], seed: 3), bias: randomTensor([5], seed: 4)),
    score: Linear(weight: randomTensor([1, 5], seed: 5), bias: nil))

  // Scripts/references/training.py, pooling
  @Test func `output and gradients are PyTorch's`() throws {
    let golden = try TrainingReferences("pooling-attention")
    let trace = layer.forward(input, layout)
    try golden.expect(trace.output, "output")
    var gradients = layer.zeros()
    try golden.expect(layer.backward(trace, slope, gradients: &gradients), "input")
    try golden.expect(gradients.projection.weight, "weight")
    try golden.expect(gradients.projection.bias, "bias")
    try golden.expect(gradients.score.weight, "score")
  }

  @Test func `gradients are the slopes of the loss`() throws {
    var gradients = layer.zeros()
    let inputGradient = layer.backward(
      layer.forward(input, layout), slope, gradients: &gradients)
    expectGradient(inputGradient, at: input) { dot(layer.forward($0, layout).output, slope) }
    try expectGradients(gradients, at: layer) { dot($0.forward(input, layout).output, slope) }
  }

  @Test func `the weights of each sequence sum to one`() {
    let weights = layer.forward(input, layout).weights
    #expect(abs(weights.reduce(0, +) - 4) < 1e-6)
    #expect(
      layer.tensors.keys.sorted() == ["projection.bias", "projection.weight", "score.weight"])
  }
}
