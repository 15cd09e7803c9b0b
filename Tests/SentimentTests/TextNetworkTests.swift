import Foundation
import NeuralNet
import Sentiment
import Tensors
import TestSupport
import Testing

@Suite struct TextNetworkTests {
  private let windows: [[Int32]] = [[3, -1, 5], [1, 2, 3, -2, 7], [11, -3], [4, 4, 9, 10]]
  private let pieces: [[Int32]] = [[1, 3, 5], [2, 2], []]
  private let groups = [0, 0, 1, 2]
  private let labels = [2, 0, 1]

  private func network(layers: Int, _ pooling: StatePooling) -> TextNetwork {
    var configuration = TextNetworkConfiguration()
    configuration.embedding = 5
    configuration.hidden = 4
    configuration.layers = layers
    configuration.pooling = pooling
    configuration.heads = 3
    configuration.buckets = 8
    var random = SeededRandom(seed: 1)
    var network = TextNetwork(
      encoder: TextEncoder(configuration, words: 12, random: &random), configuration, classes: 3,
      random: &random)
    network.fill()
    return network
  }

  /// The loss and its gradients, as a step of training computes them.
  private func gradients(
    _ network: TextNetwork, windowWeight: Float, smoothing: Float, threads: Int
  ) -> (logits: Tensor, loss: Double, gradients: TextNetwork) {
    let layout = SequenceLayout(lengths: windows.map(\.count))
    let batch = WordBatch(tokens: layout.packed(windows), pieces: pieces)
    var random = SeededRandom(seed: 1)
    let trace = network.encoder(
      batch, layout, regularization: .init(embedding: 0, states: 0), random: &random,
      threads: threads)
    let opinions = network.head(trace.states, layout, threads: threads)
    let answers = network.head.answers(opinions, layout, groups: groups, count: 3)
    var (loss, gradient) = SoftmaxCrossEntropy(labelSmoothing: smoothing)(
      answers.logits, targets: labels)
    var passes = [(answers: answers, gradient: gradient)]
    if windowWeight > 0 {
      let single = network.head.answers(opinions, layout, groups: [0, 1, 2, 3], count: 4)
      let (own, change) = SoftmaxCrossEntropy(labelSmoothing: 0.2)(
        single.logits, targets: [2, 2, nil, nil])
      loss += Double(windowWeight) * own
      gradient = Tensor(change.shape, change.elements.map { $0 * windowWeight })
      passes.append((single, gradient))
    }
    var gradients = network.zeros()
    let states = network.head.backward(
      opinions, passes, states: trace.states, layout, gradients: &gradients.head,
      threads: threads)
    network.encoder.backward(trace, states, gradients: &gradients.encoder, threads: threads)
    return (answers.logits, loss, gradients)
  }

  struct Golden {
    let name: String
    let layers: Int
    let pooling: StatePooling
    let windows: Float
    let smoothing: Float
  }

  // Scripts/references/sentiment.py, attention and last
  @Test(
    arguments: [
      Golden(name: "attention", layers: 1, pooling: .attention, windows: 0.3, smoothing: 0.05),
      Golden(name: "last", layers: 2, pooling: .last, windows: 0, smoothing: 0),
    ], [1, 2])
  func `logits, losses and gradients are PyTorch's`(
    golden: Golden, threads: Int
  ) throws {
    let network = network(layers: golden.layers, golden.pooling)
    let found = gradients(
      network, windowWeight: golden.windows, smoothing: golden.smoothing, threads: threads)
    let file = try SafetensorsFile(path: reference("sentiment/networks.safetensors").path)
    let logits = try file.tensor("\(golden.name)/logits")
    #expect(relativeError(found.logits.elements, logits.elements) < 1e-5)
    let loss = try file.tensor("\(golden.name)/loss").elements[0]
    #expect(abs(found.loss - Double(loss)) < 1e-5)
    for (name, gradient) in found.gradients.tensors {
      let expected = try file.tensor("\(golden.name)/\(name)", shape: gradient.shape)
      #expect(relativeError(gradient.elements, expected.elements) < 1e-5, "\(name)")
    }
  }

  @Test func `words' contributions add up to the logits`() throws {
    let network = network(layers: 1, .attention)
    let layout = SequenceLayout(lengths: windows.map(\.count))
    let batch = WordBatch(tokens: layout.packed(windows), pieces: pieces)
    let opinions = network.head(PackedTextEncoder(network.encoder).states(batch, layout), layout)
    let answers = network.head.answers(opinions, layout, groups: groups, count: 3)
    let contributions = try #require(network.head.contributions(opinions, answers))
    var sums = [Float](repeating: 0, count: 9)
    for (row, group) in layout.spread(groups).enumerated() {
      for label in 0..<3 { sums[group * 3 + label] += contributions.elements[row * 3 + label] }
    }
    #expect(relativeError(sums, answers.logits.elements) < 1e-6)
  }

  @Test func `dropout of a step is undone on its way back`() {
    let network = network(layers: 1, .attention)
    let layout = SequenceLayout(lengths: windows.map(\.count))
    let batch = WordBatch(tokens: layout.packed(windows), pieces: pieces)
    let slope = randomTensor([layout.rows, 8], seed: 9)
    func loss(_ network: TextNetwork) -> Double {
      var random = SeededRandom(seed: 4)
      let trace = network.encoder(
        batch, layout, regularization: .init(embedding: 0.3, states: 0.4), random: &random)
      return zip(trace.states.elements, slope.elements).reduce(0) {
        $0 + Double($1.0) * Double($1.1)
      }
    }
    var random = SeededRandom(seed: 4)
    let trace = network.encoder(
      batch, layout, regularization: .init(embedding: 0.3, states: 0.4), random: &random)
    var gradients = network.zeros()
    network.encoder.backward(trace, slope, gradients: &gradients.encoder)
    // The slope along the gradient itself is its squared norm.
    let norm = gradients.norm()
    let step = Float(1e-3 / norm)
    func moved(_ factor: Float) -> TextNetwork {
      var result = network
      Optimizer(.descent()).move(&result, gradients, by: factor * step)
      return result
    }
    let found = (loss(moved(1)) - loss(moved(-1))) / (2 * Double(step))
    #expect(abs(found / (norm * norm) - 1) < 2e-3)
  }
}

extension Optimizer {
  fileprivate func move(_ network: inout TextNetwork, _ gradients: TextNetwork, by step: Float) {
    var copy = self
    copy.update(&network, gradients, rate: -step)
  }
}

extension Trainable {
  /// Fills the parameters with `randomTensor` of seeds 1, 2 and so on.
  mutating func fill() {
    let seeds = Counter()
    visitParameters(
      ParameterVisitor { _, tensor, _ in
        seeds.value += 1
        tensor = randomTensor(tensor.shape, seed: seeds.value)
      })
  }
}

private final class Counter {
  var value: UInt64 = 0
}
