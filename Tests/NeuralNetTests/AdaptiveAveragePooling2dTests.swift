import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct AdaptiveAveragePooling2dTests {
  // show(F.adaptive_avg_pool2d(sines(1, 5, 8, 3), (3, 6)))
  @Test func `bins that overlap`() {
    expect(
      AdaptiveAveragePooling2d(height: 3, width: 6)(sines([1, 5, 8, 3])), [1, 3, 6, 3],
      first: [0.047979, 0.055806, 0.012324, -0.042488], last: [-0.043945, -0.057737],
      norm: 0.28835)
  }

  // show(F.adaptive_avg_pool2d(sines(1, 3, 2, 2), (4, 5)))
  @Test func `more bins than pixels repeat pixels`() {
    expect(
      AdaptiveAveragePooling2d(height: 4, width: 5)(sines([1, 3, 2, 2])), [1, 4, 5, 2],
      first: [0, 0.841471, 0, 0.841471], last: [-0.544021, -0.99999], norm: 3.17312)
  }

  @Test func `one bin is the mean of all pixels`() {
    let input = Tensor([1, 2, 2, 2], [1, 10, 2, 20, 3, 30, 6, 60])
    #expect(AdaptiveAveragePooling2d()(input) == Tensor([1, 1, 1, 2], [3, 30]))
  }

  // Scripts/references/training.py, poolings
  @Test(arguments: [
    ("adaptive", AdaptiveAveragePooling2d(height: 3, width: 5)),
    ("global", AdaptiveAveragePooling2d()),
  ])
  func `gradients are PyTorch's`(name: String, layer: AdaptiveAveragePooling2d) throws {
    let output = layer(randomTensor([2, 9, 8, 5], seed: 1))
    let golden = try TrainingReferences("pooling2d-\(name)")
    try golden.expect(output, "output")
    try golden.expect(
      layer.backward(
        randomTensor(output.shape, seed: 2), inputShape: [2, 9, 8, 5], threads: 2), "input")
  }
}
