import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct Convolution2dTests {
  @Test("six filters of 5×5×3 make 28×28×6 numbers of a 32×32×3 image, each 75 products and a bias")
  func lecture() {
    let image = randomTensor([1, 32, 32, 3], seed: 1)
    let filters = randomTensor([6, 3, 5, 5], seed: 2)
    let bias = randomTensor([6], seed: 3)
    let result = Convolution2d(weight: filters, bias: bias, window: Window(5))(image)
    #expect(result.shape == [1, 28, 28, 6])

    var byHand = Tensor([1, 28, 28, 6])
    for y in 0..<28 {
      for x in 0..<28 {
        for filter in 0..<6 {
          var products: [Float] = []
          for ky in 0..<5 {
            for kx in 0..<5 {
              for channel in 0..<3 {
                products.append(
                  image[0, y + ky, x + kx, channel] * filters[filter, channel, ky, kx])
              }
            }
          }
          #expect(products.count == 75)
          byHand[0, y, x, filter] = products.reduce(bias[filter], +)
        }
      }
    }
    #expect(relativeError(result.elements, byHand.elements) < 1e-6)
  }

  private func layer(_ inputs: Int, _ outputs: Int, _ window: Window, groups: Int = 1)
    -> Convolution2d
  {
    Convolution2d(
      weight: cosines([outputs, inputs / groups, window.kernel.height, window.kernel.width]),
      bias: cosines([outputs]), window: window, groups: groups)
  }

  private let input = sines([2, 7, 9, 4])

  // show(F.conv2d(sines(2, 7, 9, 4), cosines(6, 4, 3, 3), cosines(6), padding=1))
  @Test func `3×3 with padding`() {
    expect(
      layer(4, 6, Window(3, padding: 1))(input), [2, 7, 9, 6],
      first: [0.773061, 1.773704, -0.504869, -2.200688], last: [-0.552024, -0.925875],
      norm: 29.91422)
  }

  // show(F.conv2d(sines(2, 7, 9, 4), cosines(6, 4, 5, 3), cosines(6), stride=(2, 3),
  //               padding=(2, 0)))
  @Test func `kernel, stride and padding that differ between the axes`() {
    let window = Window(
      kernel: (5, 3), stride: (2, 3), padding: .symmetric(vertical: 2, horizontal: 0))
    expect(
      layer(4, 6, window)(input), [2, 4, 3, 6],
      first: [0.259183, 1.265436, -1.056583, -0.495207], last: [-1.199723, 0.610463],
      norm: 9.57014)
  }

  // show(F.conv2d(sines(2, 7, 9, 4), cosines(6, 4, 3, 2), cosines(6), dilation=(2, 3),
  //               padding=(1, 2)))
  @Test func `a dilated kernel`() {
    let window = Window(
      kernel: (3, 2), padding: .symmetric(vertical: 1, horizontal: 2), dilation: (2, 3))
    expect(
      layer(4, 6, window)(input), [2, 5, 10, 6],
      first: [0.586082, -1.316242, -1.577243, -0.118473], last: [-0.150258, -0.712608],
      norm: 62.79545)
  }

  // show(F.conv2d(sines(2, 7, 9, 4), cosines(6, 2, 3, 3), cosines(6), groups=2, stride=2,
  //               padding=1))
  @Test func `two groups`() {
    expect(
      layer(4, 6, Window(3, stride: 2, padding: 1), groups: 2)(input), [2, 4, 5, 6],
      first: [1.221612, 1.101731, 0.103682, -0.27642], last: [-1.234806, -0.251001],
      norm: 14.00225)
  }

  // show(F.conv2d(sines(2, 7, 9, 4), cosines(4, 1, 3, 3), cosines(4), groups=4, stride=2,
  //               padding=1))
  @Test func `a depthwise convolution`() {
    expect(
      layer(4, 4, Window(3, stride: 2, padding: 1), groups: 4)(input), [2, 4, 5, 4],
      first: [-0.070795, 1.832709, -1.475681, -0.37901], last: [0.378794, -1.190681],
      norm: 14.04795)
  }

  @Test func `without a bias, the bias is zero`() {
    let weight = randomTensor([3, 2, 3, 3], seed: 4)
    let image = randomTensor([1, 6, 5, 2], seed: 5)
    let window = Window(3, stride: 2)
    #expect(
      Convolution2d(weight: weight, bias: nil, window: window)(image)
        == Convolution2d(weight: weight, bias: Tensor([3]), window: window)(image))
  }

  @Test func `residual and activation come after the convolution`() {
    let layer = layer(4, 6, Window(3, padding: 1))
    let residual = randomTensor([2, 7, 9, 6], seed: 9)
    let sum = zip(layer(input).elements, residual.elements).map(+)
    let result = layer(input, residual: residual, activation: .relu)
    #expect(relativeError(result.elements, sum.map { max(0, $0) }) < 1e-6)
  }

  @Test func `reads its parameters under PyTorch's names`() throws {
    let source = SeededWeights(seed: 6)
    let layer = try Convolution2d(
      WeightReader(source)["conv1"], inputs: 4, outputs: 6, window: Window(3), groups: 2)
    #expect(layer.weight == source.tensor("conv1.weight", shape: [6, 2, 3, 3]))
    #expect(layer.bias == source.tensor("conv1.bias", shape: [6]))
    #expect(layer.inputs == 4 && layer.outputs == 6)
  }

  @Test func `random parameters stay within one over the root of the fan-in`() {
    var random = SeededRandom(seed: 7)
    let layer = Convolution2d(inputs: 8, outputs: 16, window: Window(3), random: &random)
    let bound = 1 / Float(72).squareRoot()
    #expect(layer.weight.shape == [16, 8, 3, 3])
    #expect(layer.weight.elements.allSatisfy { abs($0) <= bound })
    #expect(layer.weight.elements.contains { abs($0) > 0.9 * bound })
    #expect(layer.bias?.shape == [16])
  }

  // Scripts/references/training.py, CONVOLUTIONS
  @Test(
    arguments: [
      ("3x3", 5, 6, Window(3, padding: 1), 1), ("wide", 20, 18, Window(3, padding: 1), 1),
      ("1x1", 5, 6, Window(1), 1), ("strided", 5, 6, Window(3, stride: 2, padding: 1), 1),
      ("1x1-strided", 5, 6, Window(1, stride: 2), 1),
      (
        "uneven", 5, 6,
        Window(kernel: (5, 2), stride: (2, 1), padding: .symmetric(vertical: 2, horizontal: 0)), 1
      ),
      (
        "dilated", 5, 6,
        Window(kernel: (3, 2), padding: .symmetric(vertical: 1, horizontal: 1), dilation: (2, 3)), 1
      ),
      ("over-padded", 5, 6, Window(1, padding: 1), 1), ("grouped", 6, 4, Window(3, padding: 1), 2),
      ("grouped-strided", 6, 4, Window(3, stride: 2, padding: 1), 2),
      ("depthwise", 5, 5, Window(3, padding: 1), 5),
      ("depthwise-strided", 5, 5, Window(3, stride: 2, padding: 1), 5),
    ], [1, 2])
  func `gradients are PyTorch's`(
    golden: (name: String, inputs: Int, outputs: Int, window: Window, groups: Int), threads: Int
  ) throws {
    let (height, width) = golden.window.kernel
    let layer = Convolution2d(
      weight: randomTensor(
        [golden.outputs, golden.inputs / golden.groups, height, width], seed: 2),
      bias: randomTensor([golden.outputs], seed: 3), window: golden.window, groups: golden.groups)
    let input = randomTensor([2, 9, 8, golden.inputs], seed: 1)
    let output = layer(input, threads: threads)
    let references = try TrainingReferences("convolution-\(golden.name)")
    try references.expect(output, "output")
    let slope = randomTensor(output.shape, seed: 4)
    var gradients = layer.zeros()
    try references.expect(
      layer.backward(slope, input: input, gradients: &gradients, threads: threads), "input")
    try references.expect(gradients: gradients)
    if golden.window.stride != (1, 1) {
      expectGradient(
        layer.backward(slope, input: input, gradients: &gradients), at: input
      ) { dot(layer($0), slope) }
      layer.addGradients(slope, input: input, to: &gradients)
      gradients.scale(by: 1 / 3)
      try expectGradients(gradients, at: layer) { dot($0(input), slope) }
    }
  }
}
