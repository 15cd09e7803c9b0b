import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct TrainableNetworkTests {
  private let weights = WeightReader(SeededWeights(seed: 1))

  /// A network that has every operation.
  ///
  /// - Parameter isSmooth: whether it does without activations that have corners.
  private func network(
    dropout: Float = 0, isSmooth: Bool = false
  ) throws -> (network: TrainableNetwork, output: FeatureMap, inference: Network) {
    let root = weights["encoder"]
    var net = NetworkBuilder(
      channels: 2, transform: ChannelTransform(scale: [2, 0.5], shift: [0.1, -0.2]))
    let stem = net.convolution(
      net.input, root["stem"], out: 4, Window(3, padding: 1), normalization: root["bn"],
      activation: isSmooth ? .none : .relu)
    let sum = net.convolution(
      net.tanh(stem), root["sum"], out: 4, Window(3, padding: 1), residual: stem,
      activation: isSmooth ? .none : .relu6)
    let left = net.maxPool(sum, Window(isSmooth ? 1 : 2, stride: 2))
    let right = net.convolution(
      net.averagePool(sum, Window(2, stride: 2)), root["right"], out: 3, Window(1),
      normalization: root["bn_right"])
    let pooled = net.adaptiveAveragePool(net.concatenate([left, right]), height: 2, width: 3)
    let hidden = net.linear(
      dropout > 0 ? net.dropout(pooled, dropout) : pooled, root["hidden"], out: 6, height: 2,
      width: 3, activation: isSmooth ? .none : .relu)
    let output = net.linear(hidden, root["fc"], out: 5)
    return (try TrainableNetwork(net, weights: root), output, try net.build())
  }

  private let images = randomTensor([3, 2, 8, 6], seed: 2)

  @Test(arguments: [1, 2]) func `gradients are the loss's slopes`(threads: Int) throws {
    let (network, output, _) = try network(isSmooth: true)
    let slope = randomTensor([3, 1, 1, 5], seed: 3)
    var random = SeededRandom(seed: 1)
    var trained = network
    let trace = try trained.forward(images, outputs: [output], random: &random, threads: threads)
    var gradients = network.zeros()
    network.backward(trace, [output: slope], gradients: &gradients, threads: threads)
    // Running statistics are no parameters of the loss in training.
    var parameters: [String: Tensor] = [:]
    for (name, tensor) in gradients.tensors where !name.contains("running") {
      parameters[name] = tensor
    }
    #expect(
      parameters.keys.sorted() == [
        "bn.bias", "bn.weight", "bn_right.bias", "bn_right.weight", "fc.bias", "fc.weight",
        "hidden.bias", "hidden.weight", "right.weight", "stem.weight", "sum.bias", "sum.weight",
      ])
    for (name, gradient) in parameters {
      let x = try #require(network.tensors[name])
      expectGradient(gradient, at: x, name) { changed in
        var copy = network
        var all = network.tensors
        all[name] = changed
        try? copy.load(WeightReader(TensorDictionary(tensors: all)))
        var random = SeededRandom(seed: 1)
        guard let trace = try? copy.forward(images, outputs: [output], random: &random) else {
          return .nan
        }
        return dot(trace.output(output), slope)
      }
    }
  }

  @Test func `evaluation is what inference computes, without dropout`() throws {
    let (network, output, inference) = try network(dropout: 0.5)
    let evaluated = try network.evaluate(images, outputs: [output])[0]
    let scratch = NetworkScratch(inference)
    try scratch.run(images, outputs: [output])
    let expected = (0..<3).flatMap { scratch.output(output, image: $0).elements }
    #expect(relativeError(evaluated.elements, expected) < 1e-6)
  }

  @Test func `dropout in training depends on the random state alone`() throws {
    let (network, output, _) = try network(dropout: 0.5)
    func outputs(_ random: inout SeededRandom) throws -> Tensor {
      var copy = network
      return try copy.forward(images, outputs: [output], random: &random).output(output)
    }
    var (first, second) = (SeededRandom(seed: 1), SeededRandom(seed: 1))
    let (a, b) = (try outputs(&first), try outputs(&second))
    #expect(a == b)
    #expect(try outputs(&first) != a)
  }

  @Test func `gradients add up, and reach every output that has one`() throws {
    let (network, output, _) = try network()
    let slope = randomTensor([3, 1, 1, 5], seed: 3)
    var random = SeededRandom(seed: 1)
    var trained = network
    let trace = try trained.forward(images, outputs: [output], random: &random)
    var once = network.zeros()
    network.backward(trace, [output: slope], gradients: &once)
    var twice = network.zeros()
    network.backward(trace, [output: slope], gradients: &twice)
    network.backward(trace, [output: slope], gradients: &twice)
    once.scale(by: 2)
    for (name, tensor) in twice.tensors where !name.contains("running") {
      let expected = try #require(once.tensors[name])
      #expect(relativeError(tensor.elements, expected.elements) < 1e-5, "\(name)")
    }
  }

  @Test func `a frozen beginning gets no gradients and needs no normalisation in training`() throws
  {
    var (network, output, _) = try network()
    #expect(network.stages == ["stem", "bn", "sum", "right", "bn_right", "hidden", "fc"])
    let all = network.parameterCount
    try network.freeze(before: "bn_right")
    // stem.weight, bn.weight, bn.bias, sum.weight, sum.bias
    #expect(network.parameterCount == all - 72 - 8 - 144 - 4)
    let before = network.tensors
    var random = SeededRandom(seed: 1)
    var gradients = network.zeros()
    let trace = try network.forward(images, outputs: [output], random: &random)
    network.backward(
      trace, [output: randomTensor([3, 1, 1, 5], seed: 3)], gradients: &gradients)
    for (name, tensor) in network.tensors where name.contains("running") {
      #expect((tensor == before[name]) == name.hasPrefix("bn."), "\(name)")
    }
    for (name, tensor) in gradients.tensors where !name.contains("running") {
      let isFrozen = ["stem", "bn", "sum"].contains { name.hasPrefix($0 + ".") }
      #expect(tensor.elements.allSatisfy { $0 == 0 } == isFrozen, "\(name)")
    }
    #expect(throws: NetworkError.noLayer("conv9", layers: network.stages)) {
      try network.freeze(before: "conv9")
    }
  }
}
