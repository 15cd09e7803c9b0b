import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

/// Networks against the layers that they are made of.
@Suite struct NetworkTests {
  private let weights = WeightReader(SeededWeights(seed: 1))

  /// `[batch, channels, height, width]` as `[batch, height, width, channels]`.
  private func channelsLast(_ images: Tensor) -> Tensor {
    let extents = images.shape.extents
    var result = Tensor([extents[0], extents[2], extents[3], extents[1]])
    for n in 0..<extents[0] {
      for c in 0..<extents[1] {
        for y in 0..<extents[2] {
          for x in 0..<extents[3] { result[n, y, x, c] = images[n, c, y, x] }
        }
      }
    }
    return result
  }

  /// What the network makes of the first image.
  private func run(
    _ net: NetworkBuilder, _ images: Tensor, _ output: FeatureMap, threads: Int = 1
  ) throws -> Tensor {
    let scratch = NetworkScratch(try net.build(), threads: threads)
    try scratch.run(images, outputs: [output])
    return scratch.output(output, image: 0)
  }

  private func convolution(_ name: String, _ inputs: Int, _ outputs: Int, _ window: Window) throws
    -> Convolution2d
  {
    try Convolution2d(weights[name], inputs: inputs, outputs: outputs, window: window)
  }

  @Test func `normalisation, residual and activation in one step are those in three`() throws {
    var images = randomTensor([1, 3, 9, 8], seed: 2)
    images.elements = images.elements.map { $0 * 10 }
    let window = Window(3, padding: 1)
    var net = NetworkBuilder(channels: 3, normalizationEpsilon: 1e-2)
    let x = net.convolution(net.input, weights["a"], out: 8, window, activation: .relu)
    let y = net.convolution(
      x, weights["b"], out: 8, window, bias: true, normalization: weights["bn"], residual: x,
      activation: .relu6)

    let first = ActivationFunction.relu(try convolution("a", 3, 8, window)(channelsLast(images)))
    let normalization = try BatchNormalization2d(weights["bn"], channels: 8, epsilon: 1e-2)
    var sum = normalization(try convolution("b", 8, 8, window)(first))
    for index in sum.elements.indices { sum.elements[index] += first.elements[index] }
    let expected = ActivationFunction.relu6(sum)
    #expect(expected.elements.contains(6) && expected.elements.contains(0))
    #expect(relativeError(try run(net, images, y).elements, expected.elements) < 1e-6)
  }

  @Test func `nested branches are computed into their places`() throws {
    let images = randomTensor([2, 3, 10, 10], seed: 3)
    var net = NetworkBuilder(channels: 3)
    let stem = net.convolution(net.input, weights["stem"], out: 8, Window(1))
    let a = net.convolution(stem, weights["a"], out: 5, Window(3, stride: 2))
    let b = net.maxPool(stem, Window(3, stride: 2))
    let inner = net.concatenate([a, b])
    let c = net.averagePool(stem, Window(3, stride: 2))
    let outer = net.concatenate([c, inner])
    let tail = net.convolution(outer, weights["tail"], out: 4, Window(1))

    let scratch = NetworkScratch(try net.build())
    try scratch.run(images, outputs: [outer, tail, a])

    let window = Window(3, stride: 2)
    let stemMap = try convolution("stem", 3, 8, Window(1))(channelsLast(images))
    let first = try convolution("a", 8, 5, window)(stemMap)
    let all = concatenated([
      AveragePooling2d(window)(stemMap), first, MaxPooling2d(window)(stemMap),
    ])
    let last = try convolution("tail", 21, 4, Window(1))(all)
    for image in 0..<2 {
      for (map, expected) in [(outer, all), (tail, last), (a, first)] {
        let result = scratch.output(map, image: image)
        #expect(result.shape.extents == Array(expected.shape.extents.dropFirst()))
        let count = result.shape.count
        let share = Array(expected.elements[(image * count)..<((image + 1) * count)])
        #expect(relativeError(result.elements, share) < 1e-6)
      }
    }
  }

  @Test func `a fully connected layer reads a map in PyTorch's order`() throws {
    let images = randomTensor([1, 2, 3, 4], seed: 4)
    var net = NetworkBuilder(channels: 2)
    let y = net.linear(net.input, weights["fc"], out: 5, height: 3, width: 4)
    let layer = try Linear(weights["fc"], inputs: 24, outputs: 5)
    let expected = layer(images.reshaped([1, 24]))
    #expect(relativeError(try run(net, images, y).elements, expected.elements) < 1e-6)
  }

  @Test func `an adaptive pooling to the same size changes nothing`() throws {
    let images = randomTensor([1, 4, 3, 3], seed: 5)
    var net = NetworkBuilder(channels: 4)
    let x = net.convolution(net.input, weights["a"], out: 4, Window(1))
    let same = net.adaptiveAveragePool(x, height: 3, width: 3)
    let mean = net.adaptiveAveragePool(same)
    let scratch = NetworkScratch(try net.build())
    try scratch.run(images, outputs: [x, same, mean])
    let map = scratch.output(x, image: 0)
    #expect(scratch.output(same, image: 0) == map)
    let expected = AdaptiveAveragePooling2d()(map.reshaped([1, 3, 3, 4]))
    #expect(scratch.output(mean, image: 0).elements == expected.elements)
  }

  @Test func `a map that is still needed is not written over`() throws {
    let images = randomTensor([1, 4, 6, 6], seed: 6)
    var net = NetworkBuilder(channels: 4)
    let x = net.convolution(net.input, weights["a"], out: 4, Window(1))
    let squashed = net.tanh(x)
    let sum = net.convolution(
      squashed, weights["b"], out: 4, Window(3, padding: 1), residual: x)
    let self3 = net.convolution(sum, weights["c"], out: 4, Window(3, padding: 1), residual: sum)
    let scratch = NetworkScratch(try net.build())

    let first = try convolution("a", 4, 4, Window(1))(channelsLast(images))
    let second = ActivationFunction.tanh(first)
    func adding(_ residual: Tensor, _ map: Tensor) -> Tensor {
      Tensor(map.shape, zip(residual.elements, map.elements).map(+))
    }
    let third = adding(first, try convolution("b", 4, 4, Window(3, padding: 1))(second))
    let fourth = adding(third, try convolution("c", 4, 4, Window(3, padding: 1))(third))
    for outputs in [[self3], [x, squashed, sum, self3]] {
      try scratch.run(images, outputs: outputs)
      for (map, expected) in [(x, first), (squashed, second), (sum, third), (self3, fourth)]
      where outputs.contains(map) {
        #expect(
          relativeError(scratch.output(map, image: 0).elements, expected.elements) < 1e-6)
      }
    }
  }

  @Test func `pixels are transformed channel by channel`() throws {
    let images = Tensor([1, 2, 1, 2], [1, 2, 3, 4])
    var net = NetworkBuilder(
      channels: 2, transform: ChannelTransform(scale: [10, 100], shift: [1, 2]))
    let y = net.maxPool(net.input, Window(1))
    #expect(try run(net, images, y) == Tensor([1, 2, 2], [11, 302, 21, 402]))
  }

  @Test func `one scratch takes images of changing sizes`() throws {
    var net = NetworkBuilder(channels: 3)
    let x = net.convolution(net.input, weights["a"], out: 8, Window(3), activation: .relu)
    let y = net.adaptiveAveragePool(x)
    let network = try net.build()
    let scratch = NetworkScratch(network)
    for (batch, side) in [(1, 9), (3, 17), (1, 9), (2, 5)] {
      let images = randomTensor([batch, 3, side, side], seed: UInt64(side))
      try scratch.run(images, outputs: [y])
      let fresh = NetworkScratch(network)
      try fresh.run(images, outputs: [y])
      #expect(
        scratch.output(y, image: batch - 1).elements == fresh.output(y, image: batch - 1).elements)
    }
  }

  @Test func `memory is shared between maps that do not live together`() throws {
    func bytes(_ layers: Int) throws -> Int {
      var net = NetworkBuilder(channels: 8)
      var x = net.input
      for index in 0..<layers {
        x = net.convolution(x, weights["layer"][index], out: 8, Window(1))
      }
      let scratch = NetworkScratch(try net.build())
      try scratch.run(Tensor([1, 8, 32, 32]), outputs: [x])
      return scratch.byteCount
    }
    #expect(try bytes(2) == bytes(20))
    #expect(try bytes(20) == 2 * 8 * 32 * 32 * 4)
  }

  @Test func `images that are too small are refused with the least size`() throws {
    var net = NetworkBuilder(channels: 1)
    let x = net.maxPool(net.input, Window(kernel: (3, 5), stride: (2, 2)))
    let y = net.maxPool(x, Window(3))
    let scratch = NetworkScratch(try net.build())
    #expect {
      try scratch.run(Tensor([1, 1, 6, 20]), outputs: [y])
    } throws: { error in
      String(describing: error) == "the image encoder needs at least 9×7 pixels, got 20×6"
    }
    // The first map alone needs less.
    try scratch.run(Tensor([1, 1, 6, 20]), outputs: [x])
    try scratch.run(Tensor([1, 1, 7, 9]), outputs: [y])
  }

  @Test func `a network with a fully connected layer takes one size`() throws {
    var net = NetworkBuilder(channels: 1)
    let y = net.linear(net.input, weights["fc"], out: 2, height: 4, width: 4)
    let scratch = NetworkScratch(try net.build())
    #expect(throws: NetworkError.otherSize(height: 8, width: 8, onlyHeight: 4, onlyWidth: 4)) {
      try scratch.run(Tensor([1, 1, 8, 8]), outputs: [y])
    }
  }

  @Test func `missing parameters throw`() throws {
    var net = NetworkBuilder(channels: 3)
    let path = reference("embedded/astronaut/tensors.safetensors").path
    let file = WeightReader(try SafetensorsFile(path: path))
    _ = net.convolution(net.input, file["conv1"], out: 8, Window(3))
    #expect(throws: WeightError.missing(path: path, name: "conv1.weight")) { try net.build() }
  }

  private static let overflowing: [(name: String, value: Float)] = [
    (name: "running_var", value: -2), (name: "weight", value: 3e38),
    (name: "running_mean", value: 3e38),
  ]

  @Test(arguments: overflowing)
  func `a normalisation that makes no finite numbers is refused`(
    _ name: String, _ value: Float
  ) throws {
    func build(_ value: Float) throws {
      var tensors = [
        "a.weight": Tensor(repeating: 3, [2, 3, 1, 1]),
        "bn.weight": Tensor(repeating: 2, [2]), "bn.bias": Tensor([2]),
        "bn.running_mean": Tensor([2]), "bn.running_var": Tensor(repeating: 1, [2]),
      ]
      tensors["bn." + name]?.elements[1] = value
      let weights = WeightReader(TensorDictionary(tensors: tensors))
      var net = NetworkBuilder(channels: 3)
      _ = net.convolution(
        net.input, weights["a"], out: 2, Window(1), normalization: weights["bn"],
        activation: .relu6)
      _ = try net.build()
    }
    try build(1)
    #expect(throws: WeightError.notFinite(path: "memory", name: "bn.weight")) { try build(value) }
  }
}
