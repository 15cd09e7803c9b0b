import CaptionTraining
import Captioning
import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct CaptioningNetworkTests {
  private static let words = 20

  /// The model of Scripts/references/networks.py, `Captioner`.
  private func model() throws -> CaptioningNetwork<AttentionNetwork> {
    let weights = WeightReader(SeededWeights(seed: 7))
    var encoder = EncoderConfiguration(architecture: "resnet18")
    encoder.width = 8
    var decoder = DecoderConfiguration(attention: 12, embedding: 12, hidden: 16)
    decoder.biases = 1
    return CaptioningNetwork(
      try AttentionNetwork(
        decoder, channels: 64, vocabularySize: Self.words, weights: weights),
      encoder: try TrainableEncoder(
        configuration: encoder, weights: weights["encoder"], outputs: [.map]))
  }

  private let plain: TeacherForcing = {
    var forcing = TeacherForcing()
    (forcing.labelSmoothing, forcing.attentionPenalty) = (0, 0)
    (forcing.embeddingDropout, forcing.outputDropout) = (0, 0)
    return forcing
  }()

  /// Loss and gradients of four images with a sentence of six words each.
  private func differentiate(
    _ model: inout CaptioningNetwork<AttentionNetwork>, _ images: Tensor, order: [Int],
    gradients: inout CaptioningNetwork<AttentionNetwork>, threads: Int
  ) throws -> Double {
    var random = SeededRandom(seed: 0)
    let sight = try model.see(
      images, images: [0, 1, 2, 3], output: .map, random: &random, threads: threads)
    let captions = order.map { n in
      (words: (1..<7).map { (3 * n + $0 * (n + 1)) % Self.words }, image: n, isWhole: false)
    }
    let batch = CaptionBatch(captions, features: sight.features, start: 1, end: 2)
    let loss = plain.addGradients(
      of: model.decoder, batch, learnsRegions: true, to: &gradients.decoder, random: &random,
      threads: threads)
    model.addGradients(
      of: sight, loss.regionGradient, batch, to: &gradients, threads: threads)
    return loss.total
  }

  @Test(
    "ten steps on a fixed batch follow PyTorch's losses",
    arguments: [
      (name: "adam", method: Optimizer.Method.adam(), rate: Float(2e-3)),
      (name: "momentum", method: .descent(momentum: 0.9), rate: 0.005),
    ], [1, 2])
  func losses(kind: (name: String, method: Optimizer.Method, rate: Float), threads: Int) throws {
    let golden = try SafetensorsFile(path: reference("training/fine-tuning.safetensors").path)
      .tensor(kind.name).elements
    var model = try model()
    var gradients = model.zeros()
    var optimizer = Optimizer(kind.method)
    let images = randomTensor([4, 3, 64, 64], seed: 3)
    for expected in golden {
      gradients.reset()
      // The captions' order is not the images'.
      let loss = try differentiate(
        &model, images, order: [2, 0, 3, 1], gradients: &gradients, threads: threads)
      #expect(abs(loss - Double(expected)) <= 1e-3, "step \(optimizer.steps)")
      optimizer.update(&model, gradients, rate: kind.rate, threads: threads)
    }
    #expect(golden.count == 10 && golden[9] < 0.85 * golden[0])
  }

  @Test func `Show and Tell's encoder has the gradient of its embedding`() throws {
    var configuration = EncoderConfiguration(architecture: "resnet18")
    configuration.width = 4
    var random = SeededRandom(seed: 5)
    var model = CaptioningNetwork(
      ShowAndTellNetwork(
        DecoderConfiguration(showAndTellEmbedding: 8, hidden: 8), channels: 32,
        vocabularySize: Self.words, random: &random),
      encoder: try TrainableEncoder(
        configuration: configuration, weights: WeightReader(SeededWeights(seed: 3)),
        outputs: [.embedding]))
    // As in inference, so that a difference of losses is the parameter's alone.
    model.encoder?.freezesNormalization = true
    let images = randomTensor([2, 3, 32, 32], seed: 4)
    func loss(
      _ model: CaptioningNetwork<ShowAndTellNetwork>
    ) throws -> (Double, CaptioningNetwork<ShowAndTellNetwork>) {
      var (model, gradients, random) = (model, model.zeros(), SeededRandom(seed: 0))
      let sight = try model.see(images, images: [5, 9], output: .embedding, random: &random)
      let batch = CaptionBatch(
        [([4, 7, 5], 9, true), ([6, 4], 5, true), ([8], 9, true)], features: sight.features,
        start: 1, end: 2)
      let loss = plain.addGradients(
        of: model.decoder, batch, learnsRegions: true, to: &gradients.decoder, random: &random)
      model.addGradients(of: sight, loss.regionGradient, batch, to: &gradients)
      return (loss.total, gradients)
    }
    let name = "encoder.layer4.1.conv2.weight"
    let gradient = try #require(try loss(model).1.tensors[name])
    for index in [0, 700, 5000] {
      func moved(_ step: Float) throws -> Double {
        var copy = model
        var tensors = copy.tensors
        tensors[name]?.elements[index] += step
        try copy.load(WeightReader(TensorDictionary(tensors: tensors)))
        return try loss(copy).0
      }
      let slope = (try moved(1e-2) - moved(-1e-2)) / 2e-2
      #expect(
        abs(slope - Double(gradient.elements[index])) <= 1e-3 * max(0.01, abs(slope)), "\(index)")
    }
  }
}
