import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct AveragePooling2dTests {
  private let input = sines([1, 7, 8, 3])

  // show(F.avg_pool2d(sines(1, 7, 8, 3), 3, 2, 1, ceil_mode=True))
  @Test func `padding counts as zeros`() {
    expect(
      AveragePooling2d(Window(3, stride: 2, padding: 1), ceil: true)(input), [1, 4, 5, 3],
      first: [0.021324, 0.024802, 0.005478, 0.138009], last: [-0.017417, -0.245649], norm: 1.09271)
  }

  // show(F.avg_pool2d(sines(1, 7, 8, 3), 3, 2, 1, ceil_mode=True, count_include_pad=False))
  @Test func `padding left out of the mean`() {
    let layer = AveragePooling2d(
      Window(3, stride: 2, padding: 1), ceil: true, includePadding: false)
    expect(
      layer(input), [1, 4, 5, 3], first: [0.047979, 0.055806, 0.012324, 0.207013],
      last: [-0.052252, -0.736948], norm: 2.06763)
  }

  // Scripts/references/training.py, poolings
  @Test(arguments: [
    ("average", AveragePooling2d(Window(3, stride: 2, padding: 1))),
    (
      "average-without-padding",
      AveragePooling2d(Window(3, stride: 2, padding: 1), ceil: true, includePadding: false)
    ),
  ])
  func `gradients are PyTorch's`(name: String, layer: AveragePooling2d) throws {
    let output = layer(randomTensor([2, 9, 8, 5], seed: 1))
    let golden = try TrainingReferences("pooling2d-\(name)")
    try golden.expect(output, "output")
    try golden.expect(
      layer.backward(
        randomTensor(output.shape, seed: 2), inputShape: [2, 9, 8, 5], threads: 2), "input")
  }
}
