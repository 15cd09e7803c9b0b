import CaptionTraining
import Captioning
import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct TeacherForcingTests {
  private let batch = Self.batch(randomTensor([3, 4, 7], seed: 101))

  private static func batch(_ features: Tensor) -> CaptionBatch {
    CaptionBatch(
      [
        ([4, 7, 5], 1, true), ([6, 4, 8, 9, 7], 0, true), ([10], 1, true), ([5, 5, 6, 8], 2, true),
      ], features: FewFeatures(features), start: 1, end: 2)
  }

  private var forcing: TeacherForcing {
    var forcing = TeacherForcing()
    (forcing.labelSmoothing, forcing.attentionPenalty) = (0.1, 0.7)
    (forcing.embeddingDropout, forcing.outputDropout) = (0, 0)
    return forcing
  }

  /// A decoder whose parameters have the seeds 1, 2, … in their order.
  private func network<Network: DecoderNetwork>(
    _ type: Network.Type, _ configuration: DecoderConfiguration
  ) -> Network {
    var random = SeededRandom(seed: 1)
    var network = Network(configuration, channels: 7, vocabularySize: 11, random: &random)
    var seed: UInt64 = 0
    network.visitParameters(
      ParameterVisitor { _, tensor, _ in
        seed += 1
        tensor = randomTensor(tensor.shape, seed: seed)
      })
    return network
  }

  // Scripts/references/decoder_training.py
  private func expectGradients<Network: DecoderNetwork>(
    _ network: Network, _ name: String, _ batch: CaptionBatch, threads: Int
  ) throws {
    let file = try SafetensorsFile(path: reference("training/decoders.safetensors").path)
    var gradients = network.zeros()
    var random = SeededRandom(seed: 1)
    let loss = forcing.addGradients(
      of: network, batch, to: &gradients, random: &random, threads: threads)
    let expected = try file.tensor("\(name)/loss").elements
    #expect(relativeError([Float(loss.words), Float(loss.attention)], expected) < 1e-5)
    let found = gradients.tensors
    #expect(found.count == file.entries.keys.count { $0.hasPrefix(name + "/") } - 1)
    for (key, tensor) in found {
      let golden = try file.tensor("\(name)/\(key)", shape: tensor.shape)
      // The attention's softmax takes its bias away again.
      guard key != "attention.full_att.bias" else {
        #expect(tensor.elements.allSatisfy { abs($0) < 1e-6 })
        continue
      }
      #expect(relativeError(tensor.elements, golden.elements) < 1e-4, "\(key)")
    }
  }

  @Test(arguments: [1, 2])
  func `loss and gradients of a decoder with attention are PyTorch's`(threads: Int) throws {
    try expectGradients(
      network(
        AttentionNetwork.self, DecoderConfiguration(attention: 6, embedding: 5, hidden: 9)),
      "attention", batch, threads: threads)
  }

  @Test(arguments: [1, 2])
  func `loss and gradients of Show and Tell are PyTorch's`(threads: Int) throws {
    try expectGradients(
      network(
        ShowAndTellNetwork.self, DecoderConfiguration(showAndTellEmbedding: 5, hidden: 9)),
      "show-and-tell", Self.batch(randomTensor([3, 1, 7], seed: 102)), threads: threads)
  }

  @Test func `rows' weights scale what they add to the gradients`() {
    let network = network(
      AttentionNetwork.self, DecoderConfiguration(attention: 6, embedding: 5, hidden: 9))
    var forcing = forcing
    forcing.attentionPenalty = 0
    func gradients(_ weights: [Float]?) -> [Float] {
      var gradients = network.zeros()
      var random = SeededRandom(seed: 1)
      _ = forcing.addGradients(
        of: network, batch, rowWeights: weights, to: &gradients, random: &random)
      return gradients.tensors.sorted { $0.key < $1.key }.flatMap(\.value.elements)
    }
    let whole = gradients(nil)
    let weights = (0..<batch.layout.rows).map { Float($0 % 3) - 0.7 }
    let (some, others) = (gradients(weights), gradients(weights.map { 1 - $0 }))
    #expect(relativeError(zip(some, others).map { $0 + $1 }, whole) < 1e-5)
  }

  @Test func `a caption that was cut is not taught to end`() {
    let cut = CaptionBatch(
      [([4, 7, 5], 0, false), ([6], 0, true)],
      features: FewFeatures(randomTensor([1, 4, 7], seed: 1)), start: 1, end: 2)
    #expect(cut.layout.lengths == [3, 2])
    #expect(cut.inputs == [1, 1, 4, 6, 7] && cut.targets == [4, 6, 7, 2, 5])
    #expect(cut.images == [0, 0] && cut.regions.shape == [1, 4, 7])
  }
}
