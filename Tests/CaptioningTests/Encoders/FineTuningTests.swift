import Captioning
import Foundation
import NeuralNet
import TestSupport
import Tensors
import Testing

/// A decoder with attention and an encoder that learn together.
@Suite struct FineTuningTests {
  /// The model of Scripts/references/networks.py, `Captioner`.
  struct Model: Trainable {
    var encoder: TrainableEncoder
    var embedding: Embedding
    var initialHidden: Linear
    var initialCell: Linear
    var recurrence: AttentionLSTM
    var output: Linear

    init(_ weights: WeightReader) throws {
      let (width, size, hidden, words) = (8, 12, 16, 20)
      let channels = 8 * width
      var configuration = EncoderConfiguration(architecture: "resnet18")
      configuration.width = width
      encoder = try TrainableEncoder(
        configuration: configuration, weights: weights["encoder"], outputs: [.map])
      embedding = try Embedding(weights["embedding"], tokens: words, size: size)
      initialHidden = try Linear(weights["init_h"], inputs: channels, outputs: hidden)
      initialCell = try Linear(weights["init_c"], inputs: channels, outputs: hidden)
      recurrence = AttentionLSTM(
        attention: try AdditiveAttention(
          weights["attention"], channels: channels, hidden: hidden, size: size,
          activation: .relu),
        contextGate: try Linear(weights["f_beta"], inputs: hidden, outputs: channels),
        cell: LSTMCell(
          weightIH: try weights.tensor("decode_step.weight_ih", [4 * hidden, size + channels]),
          weightHH: try weights.tensor("decode_step.weight_hh", [4 * hidden, hidden]),
          biases: [try weights.tensor("decode_step.bias_ih", [4 * hidden])]))
      output = try Linear(weights["fc"], inputs: hidden, outputs: words)
    }

    mutating func visitParameters(_ visit: ParameterVisitor) {
      visit("encoder", &encoder)
      visit("embedding", &embedding)
      visit("init_h", &initialHidden)
      visit("init_c", &initialCell)
      visit("recurrence", &recurrence)
      visit("fc", &output)
    }

    /// The loss of one step, and its gradients.
    mutating func differentiate(
      _ images: Tensor, _ ids: [Int], targets: [Int], gradients: inout Model, threads: Int
    ) throws -> Double {
      let sentences = images.shape[0]
      let layout = SequenceLayout(sequences: sentences, steps: ids.count / sentences)
      var random = SeededRandom(seed: 0)
      let image = try encoder.forward(images, random: &random, threads: threads)
      let regions = image.regions
      let pooling = AdaptiveAveragePooling2d()
      let maps = regions.reshaped([sentences, regions.shape[1], 1, regions.shape[2]])
      let mean = pooling(maps).reshaped([sentences, regions.shape[2]])
      let trace = recurrence.forward(
        embedding(ids), layout, regions: regions,
        initial: LSTMState(hidden: initialHidden(mean), cell: initialCell(mean)),
        threads: threads)
      let (loss, slope) = SoftmaxCrossEntropy()(
        trace.output, through: output, targets: targets, gradients: &gradients.output,
        threads: threads)
      let found = recurrence.backward(
        trace, slope, gradients: &gradients.recurrence, threads: threads)
      embedding.backward(found.words, ids: ids, gradients: &gradients.embedding)
      var meanSlope = initialHidden.backward(
        found.initial.hidden, input: mean, gradients: &gradients.initialHidden)
      let cellSlope = initialCell.backward(
        found.initial.cell, input: mean, gradients: &gradients.initialCell)
      for index in meanSlope.elements.indices {
        meanSlope.elements[index] += cellSlope.elements[index]
      }
      var regionSlope = pooling.backward(
        meanSlope.reshaped([sentences, 1, 1, regions.shape[2]]), inputShape: maps.shape)
      for index in regionSlope.elements.indices {
        regionSlope.elements[index] += found.regions.elements[index]
      }
      encoder.backward(
        image, regions: regionSlope.reshaped(regions.shape), gradients: &gradients.encoder,
        threads: threads)
      return loss
    }
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
    var model = try Model(WeightReader(SeededWeights(seed: 7)))
    var gradients = model.zeros()
    var optimizer = Optimizer(kind.method)
    let images = randomTensor([4, 3, 64, 64], seed: 3)
    let ids = (0..<7).flatMap { step in (0..<4).map { (3 * $0 + step * ($0 + 1)) % 20 } }
    for expected in golden {
      gradients.reset()
      let loss = try model.differentiate(
        images, Array(ids.dropLast(4)), targets: Array(ids.dropFirst(4)), gradients: &gradients,
        threads: threads)
      #expect(abs(loss - Double(expected)) <= 1e-3, "step \(optimizer.steps)")
      optimizer.update(&model, gradients, rate: kind.rate, threads: threads)
    }
    #expect(golden.count == 10 && golden[9] < 0.85 * golden[0])
  }
}
