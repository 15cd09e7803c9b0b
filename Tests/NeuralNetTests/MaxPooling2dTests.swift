import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct MaxPooling2dTests {
  // show(F.max_pool2d(sines(2, 7, 9, 4), 3, 2, ceil_mode=True))
  // show(F.max_pool2d(sines(1, 8, 8, 3), 3, 2, ceil_mode=True))
  @Test func `in ceil mode a last window may hang over the edge`() {
    let layer = MaxPooling2d(Window(3, stride: 2), ceil: true)
    expect(
      layer(sines([2, 7, 9, 4])), [2, 3, 4, 4], first: [0.989358, 0.99952, 0.909297, 0.968364],
      last: [0.998344, 0.897914], norm: 9.30469)
    expect(
      layer(sines([1, 8, 8, 3])), [1, 4, 4, 3], first: [0.956376, 0.986628, 0.989358, 0.999912],
      last: [0.997799, 0.594933], norm: 6.56107)
  }

  // F.max_pool2d(torch.arange(4.).reshape(1, 1, 2, 2), 3, 2, ceil_mode=True)
  @Test func `in ceil mode a window may be larger than the map`() {
    let input = Tensor([1, 2, 2, 1], [0, 1, 2, 3])
    #expect(MaxPooling2d(Window(3, stride: 2), ceil: true)(input) == Tensor([1, 1, 1, 1], [3]))
  }

  // show(F.max_pool2d(sines(2, 7, 9, 4) - 2, 3, 2, 1))
  @Test func `padding never wins, not even over negative numbers`() {
    var input = sines([2, 7, 9, 4])
    input.elements = input.elements.map { $0 - 2 }
    expect(
      MaxPooling2d(Window(3, stride: 2, padding: 1))(input), [2, 4, 5, 4],
      first: [-1.254887, -1.158529, -1.090703, -1.036205], last: [-1.001656, -1.110018],
      norm: 13.83926)
  }

  // Scripts/references/training.py, poolings
  @Test(arguments: [
    ("max", MaxPooling2d(Window(3, stride: 2, padding: 1))),
    ("max-ceil", MaxPooling2d(Window(3, stride: 2), ceil: true)),
  ])
  func `gradients are PyTorch's`(name: String, layer: MaxPooling2d) throws {
    let input = randomTensor([2, 9, 8, 5], seed: 1)
    let golden = try TrainingReferences("pooling2d-\(name)")
    let output = layer(input)
    try golden.expect(output, "output")
    try golden.expect(
      layer.backward(randomTensor(output.shape, seed: 2), input: input, threads: 2), "input")
  }

  @Test func `the first of equal values takes the gradient`() {
    let gradient = MaxPooling2d(Window(2)).backward(
      Tensor([1, 1, 1, 1], [3]), input: Tensor([1, 2, 2, 1], [1, 2, 2, 2]))
    #expect(gradient.elements == [0, 3, 0, 0])
  }
}
