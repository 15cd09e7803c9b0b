import CaptionTraining
import Captioning
import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct TeacherForcingTests {
  private let batch = SmallDecoder.batch(regions: 4)
  private let forcing = SmallDecoder.forcing

  // Scripts/references/decoder_training.py
  private func expectGradients<Network: DecoderNetwork>(
    _ network: Network, _ name: String, _ batch: CaptionBatch, threads: Int = 1
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
    try expectGradients(SmallDecoder.attention, "attention", batch, threads: threads)
  }

  @Test(arguments: [1, 2])
  func `loss and gradients of a decoder that embeds regions are PyTorch's`(threads: Int) throws {
    try expectGradients(SmallDecoder.embedded, "embedded", batch, threads: threads)
  }

  @Test func `the gradient of regions that are embedded is PyTorch's`() throws {
    let file = try SafetensorsFile(path: reference("training/decoders.safetensors").path)
    let network = SmallDecoder.embedded
    var gradients = network.zeros()
    var random = SeededRandom(seed: 1)
    let loss = forcing.addGradients(
      of: network, batch, learnsRegions: true, to: &gradients, random: &random)
    // The batch has its images in the order in which its captions name them.
    let found = try #require(loss.regionGradient)
    let golden = try file.tensor("regions/embedded", shape: [3, 4, 7]).elements
    let ordered = batch.numbers.flatMap { golden[$0 * 28..<($0 + 1) * 28] }
    #expect(relativeError(found.elements, ordered) < 1e-4)
  }

  @Test(arguments: [1, 2])
  func `loss and gradients of Show and Tell are PyTorch's`(threads: Int) throws {
    try expectGradients(
      SmallDecoder.showAndTell, "show-and-tell", SmallDecoder.batch(regions: 1), threads: threads)
  }

  @Test func `loss and gradients after words that nobody wrote are PyTorch's`() throws {
    // READ in the script
    let read = [[1, 4, 9, 5], [1, 6, 6, 8, 2, 7], [1, 3], [1, 0, 5, 10, 8]]
    var (regions, pooled) = (batch, SmallDecoder.batch(regions: 1))
    regions.inputs = regions.layout.packed(read)
    pooled.inputs = pooled.layout.packed(read)
    try expectGradients(SmallDecoder.attention, "mixed/attention", regions)
    try expectGradients(SmallDecoder.embedded, "mixed/embedded", regions)
    try expectGradients(SmallDecoder.showAndTell, "mixed/show-and-tell", pooled)
  }

  @Test func `rows' weights scale what they add to the gradients`() {
    let network = SmallDecoder.attention
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
