import Captioning
import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

/// Seeded weights, MobileNetV2's as Scripts/references/networks.py calms them (`calm`).
private struct NetworkWeights: WeightSource {
  let seeded = SeededWeights(seed: 7)
  let isCalm: Bool

  func shape(of name: String) -> Shape? { nil }

  func contains(_ name: String) -> Bool { true }

  func tensor(_ name: String, shape: Shape) -> Tensor {
    var tensor = seeded.tensor(name, shape: shape)
    guard isCalm, shape.rank == 1 else { return tensor }
    for normalization in [".1", "_bn0", "_bn1"] {
      if name.hasSuffix(normalization + ".weight") {
        tensor.elements = tensor.elements.map { $0 * 0.3 }
      }
      if name.hasSuffix(normalization + ".bias") {
        tensor.elements = tensor.elements.map { $0 + 3 }
      }
    }
    return tensor
  }
}

@Suite struct TrainableEncoderTests {
  /// As ResNet-18, an eighth of its width.
  private static let narrow: EncoderConfiguration = {
    var configuration = EncoderConfiguration(architecture: "resnet18")
    configuration.width = 8
    return configuration
  }()

  private static func configuration(_ name: String) -> EncoderConfiguration {
    name == "resnet18-narrow" ? narrow : EncoderConfiguration(architecture: name)
  }

  /// The images' sides for networks whose last normalisations are calm, in the script.
  private static let sides = ["mobilenet_v2": 96, "efficientnet_lite0": 90]

  /// Evenly spaced elements, as Scripts/references/networks.py picks them.
  private func sample(_ tensor: Tensor, limit: Int = 16) -> [Float] {
    let count = min(limit, tensor.shape.count)
    return (0..<count).map { tensor.elements[$0 * tensor.shape.count / count] }
  }

  private func golden(_ name: String) throws -> [Float] {
    try SafetensorsFile(path: reference("training/networks.safetensors").path).tensor(name).elements
  }

  @Test(
    "gradients of whole networks, and running statistics after them, are PyTorch's",
    arguments: ["resnet18-narrow", "mobilenet_v2", "squeezenet1_1", "efficientnet_lite0"], [1, 2])
  func gradients(name: String, threads: Int) throws {
    var encoder = try TrainableEncoder(
      configuration: Self.configuration(name),
      weights: WeightReader(NetworkWeights(isCalm: Self.sides[name] != nil)), outputs: [.map])
    let names = encoder.tensors.keys.sorted()
    var gradients = encoder.zeros()
    let (batch, side) = name == "resnet18-narrow" ? (4, 64) : (2, Self.sides[name] ?? 64)
    var random = SeededRandom(seed: 0)
    let trace = try encoder.forward(
      randomTensor([batch, 3, side, side], seed: 1), random: &random, threads: threads)
    #expect(trace.regions.shape[1] == trace.gridHeight * trace.gridWidth)
    #expect(
      relativeError(sample(trace.regions, limit: 1024), try golden("\(name)/map")) <= 1e-4)
    encoder.backward(
      trace, regions: randomTensor(trace.regions.shape, seed: 2), gradients: &gradients,
      threads: threads)

    let (found, state) = (gradients.tensors, encoder.tensors)
    let parameters = names.filter { !$0.contains("running") }
    let norms = try golden("\(name)/norms")
    let samples = try golden("\(name)/samples")
    #expect(norms.count == parameters.count)
    // The next normalisation takes a shift out again, but for what padding and limits make of it:
    // its gradient's parts cancel out, and leave little but rounding.
    let least = try #require(norms.max()) * 1e-2
    var first = 0
    for (key, norm) in zip(parameters, norms) {
      let gradient = try #require(found[key])
      let scale = key.hasSuffix(".bias") ? max(norm, least) : norm
      #expect(abs(Float(length(gradient)) - norm) <= 1e-4 * scale, "\(key)")
      let picked = sample(gradient)
      let expected = samples[first..<(first + picked.count)]
      // The share of the whole gradient's norm that so many elements have.
      let share = (Float(picked.count) / Float(gradient.shape.count)).squareRoot()
      let difference = zip(picked, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      #expect(difference.squareRoot() <= 1e-4 * scale * share, "\(key)")
      first += picked.count
    }
    #expect(first == samples.count)
    let statistics = try names.filter { $0.contains("running") }
      .flatMap { sample(try #require(state[$0])) }
    guard !statistics.isEmpty else { return }
    #expect(relativeError(statistics, try golden("\(name)/statistics")) <= 1e-5)
  }

  /// The Euclidean norm.
  private func length(_ tensor: Tensor) -> Double {
    tensor.elements.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  @Test(
    "inference on the weights after a step is what the training network evaluates to",
    arguments: [
      "resnet18", "mobilenet_v2", "googlenet", "squeezenet1_1", "alexnet", "vgg11_bn", "lenet5",
      "efficientnet_lite1",
    ])
  func inference(name: String) throws {
    let side = name == "lenet5" ? 32 : 64
    let hasHugeClassifier = name == "alexnet" || name == "vgg11_bn"
    var encoder = try TrainableEncoder(
      configuration: Self.configuration(name), weights: WeightReader(InitialWeights(seed: 3)),
      outputs: hasHugeClassifier ? [.map] : [.map, .embedding, .logits])
    var random = SeededRandom(seed: 4)
    let images = randomTensor([3, name == "lenet5" ? 1 : 3, side, side], seed: 5)
    var gradients = encoder.zeros()
    let trace = try encoder.forward(images, random: &random, threads: 2)
    if hasHugeClassifier {
      encoder.backward(
        trace, regions: randomTensor(trace.regions.shape, seed: 6), gradients: &gradients,
        threads: 2)
    } else {
      let (_, slope) = SoftmaxCrossEntropy()(trace.logits, targets: [1, 5, 9])
      encoder.backward(trace, logits: slope, gradients: &gradients, threads: 2)
    }
    gradients.clip(toNorm: 1)
    var optimizer = Optimizer(.descent())
    optimizer.update(&encoder, gradients, rate: 0.1)

    let file = try TemporaryFolder()
    let path = file.path + "/encoder.safetensors"
    try writeSafetensors(encoder.tensors, to: path)
    let saved = try ImageEncoder(
      configuration: encoder.configuration, weights: WeightReader(SafetensorsFile(path: path)),
      outputs: encoder.outputs)
    let now = try encoder.imageEncoder()
    let evaluated = try encoder.evaluate(images, threads: 2)
    for network in [saved, now] {
      let expected = try network.encode(
        images, outputs: encoder.outputs, scratch: network.makeScratch())
      for (image, result) in zip(evaluated, expected) {
        #expect(image.gridHeight == result.gridHeight && image.gridWidth == result.gridWidth)
        for (a, b) in [
          (image.map, result.map), (image.embedding, result.embedding),
          (image.logits, result.logits),
        ] {
          #expect((a == nil) == (b == nil))
          #expect(relativeError(a?.elements ?? [], b?.elements ?? []) <= 1e-5)
        }
      }
    }
  }

  @Test func `fine-tuning from a layer on leaves alone what is before`() throws {
    var encoder = try TrainableEncoder(
      configuration: Self.narrow, weights: WeightReader(SeededWeights(seed: 7)), outputs: [.map])
    let all = encoder.parameterCount
    let images = randomTensor([4, 3, 64, 64], seed: 1)
    try encoder.freeze(before: "layer3")
    #expect(encoder.parameterCount < all)
    let before = encoder.tensors
    var gradients = encoder.zeros()
    var random = SeededRandom(seed: 0)
    let trace = try encoder.forward(images, random: &random)
    encoder.backward(
      trace, regions: randomTensor(trace.regions.shape, seed: 2), gradients: &gradients)
    var optimizer = Optimizer(.adamW(), weightDecay: 0.1, decaysVectors: true)
    optimizer.update(&encoder, gradients, rate: 0.01)
    for (name, tensor) in encoder.tensors {
      let isTrained = name.hasPrefix("layer3") || name.hasPrefix("layer4")
      #expect((tensor != before[name]) == isTrained, "\(name)")
      if !name.contains("running") {
        #expect(gradients.tensors[name]?.elements.contains { $0 != 0 } == isTrained, "\(name)")
      }
    }
  }

  @Test func `what is frozen computes as in inference, so that all but one layer may be`() throws {
    var encoder = try TrainableEncoder(
      configuration: Self.narrow, weights: WeightReader(SeededWeights(seed: 7)),
      outputs: [.logits])
    try encoder.freeze(before: "fc")
    let images = randomTensor([2, 3, 64, 64], seed: 1)
    let logits = try encoder.evaluate(images).compactMap(\.logits)
    var random = SeededRandom(seed: 0)
    let trace = try encoder.forward(images, random: &random)
    #expect(relativeError(trace.logits.elements, logits.flatMap(\.elements)) <= 1e-6)
    var gradients = encoder.zeros()
    encoder.backward(trace, logits: trace.logits, gradients: &gradients)
    #expect(encoder.parameterCount == 65 * 1000)
    #expect(gradients.norm() > 0)
  }

  @Test func `frozen batch normalisation keeps parameters and statistics`() throws {
    var encoder = try TrainableEncoder(
      configuration: Self.narrow, weights: WeightReader(SeededWeights(seed: 7)), outputs: [.map])
    encoder.freezesNormalization = true
    let before = encoder.tensors
    let images = randomTensor([2, 3, 64, 64], seed: 1)
    let evaluated = try encoder.evaluate(images).compactMap(\.map)
    var gradients = encoder.zeros()
    var random = SeededRandom(seed: 0)
    let trace = try encoder.forward(images, random: &random)
    #expect(relativeError(trace.regions.elements, evaluated.flatMap(\.elements)) <= 1e-5)
    encoder.backward(
      trace, regions: randomTensor(trace.regions.shape, seed: 2), gradients: &gradients)
    var optimizer = Optimizer(.adam())
    optimizer.update(&encoder, gradients, rate: 0.01)
    for (name, tensor) in encoder.tensors {
      #expect((tensor != before[name]) == (tensor.shape.rank > 1), "\(name)")
    }
  }

  @Test func `an unknown layer is named beside those that there are`() throws {
    var encoder = try TrainableEncoder(
      configuration: .named("squeezenet1_1"), weights: WeightReader(InitialWeights(seed: 1)),
      outputs: [.map])
    #expect {
      try encoder.freeze(before: "layer3")
    } throws: {
      String(describing: $0) == """
        the image encoder has no layer “layer3”; its layers are features.0, features.3, \
        features.4, features.6, features.7, features.9, features.10, features.11, features.12
        """
    }
    #expect(
      throws: NetworkError.tooSmall(
        height: 8, width: 64, minimumHeight: 17, minimumWidth: 17)
    ) { try encoder.evaluate(Tensor([1, 3, 8, 64])) }
  }
}
