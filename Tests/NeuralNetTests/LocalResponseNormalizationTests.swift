import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct LocalResponseNormalizationTests {
  private var input: Tensor {
    var input = sines([1, 2, 3, 7])
    input.elements = input.elements.map { $0 * 5 }
    return input
  }

  // show(F.local_response_norm(sines(1, 2, 3, 7) * 5, 5, alpha=0.5, beta=0.75, k=2))
  @Test func `five channels`() {
    expect(
      LocalResponseNormalization(size: 5, alpha: 0.5, beta: 0.75, bias: 2)(input), [1, 2, 3, 7],
      first: [0, 1.113236, 1.021743, 0.129197], last: [0.972689, -0.212949], norm: 5.48448)
  }

  // show(F.local_response_norm(sines(1, 2, 3, 7) * 5, 4, alpha=0.5, beta=0.6, k=1))
  @Test func `an even number of channels reaches further back than ahead`() {
    expect(
      LocalResponseNormalization(size: 4, alpha: 0.5, beta: 0.6)(input), [1, 2, 3, 7],
      first: [0, 1.465911, 1.573952, 0.208165], last: [1.272614, -0.278651], norm: 7.71848)
  }

  // Scripts/references/training.py, poolings
  @Test func `gradients are PyTorch's, and the slopes of the loss`() throws {
    let layer = LocalResponseNormalization(size: 4, alpha: 0.5, beta: 0.75, bias: 2)
    let input = randomTensor([2, 9, 8, 5], seed: 1)
    let slope = randomTensor([2, 9, 8, 5], seed: 2)
    let golden = try TrainingReferences("pooling2d-response")
    try golden.expect(layer(input), "output")
    let gradient = layer.backward(slope, input: input, threads: 2)
    try golden.expect(gradient, "input")
    expectGradient(gradient, at: input) { dot(layer($0), slope) }
  }
}
