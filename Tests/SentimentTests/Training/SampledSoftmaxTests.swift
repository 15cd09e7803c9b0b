import Foundation
import NeuralNet
import Sentiment
import Tensors
import TestSupport
import Testing

@Suite struct SampledSoftmaxTests {
  private let loss = SampledSoftmax(counts: [1, 2, 3, 4, 5, 6, 7], negatives: 4)

  // Scripts/references/sentiment.py, sampled_softmax
  @Test(arguments: [1, 2])
  func `loss and gradients are PyTorch's`(threads: Int) throws {
    let table = Embedding(weight: randomTensor([7, 5], seed: 1))
    let bias = randomTensor([7], seed: 2)
    var tableGradient = Embedding(weight: Tensor([7, 5]))
    tableGradient.touched = TouchedRows(of: 7)
    var biasGradient = Tensor([7])
    let found = loss(
      randomTensor([5, 5], seed: 3), targets: [2, 0, 6, 5, 2], drawn: [5, 2, 2, 4], table: table,
      bias: bias, weight: 0.5, tableGradient: &tableGradient, biasGradient: &biasGradient,
      threads: threads)
    let file = try SafetensorsFile(path: reference("sentiment/networks.safetensors").path)
    let expected = try file.tensor("sampled/loss").elements[0]
    #expect(abs(found.loss - Double(expected)) < 1e-5)
    for (name, tensor) in [
      ("states", found.gradient), ("table", tableGradient.weight), ("bias", biasGradient),
    ] {
      let golden = try file.tensor("sampled/\(name)", shape: tensor.shape)
      #expect(relativeError(tensor.elements, golden.elements) < 1e-5, "\(name)")
    }
    let rows = try #require(tableGradient.touched).rows
    #expect(Set(rows).isSuperset(of: [0, 2, 4, 5, 6]))
  }

  @Test func `words are drawn by their counts to the power of three quarters`() {
    let loss = SampledSoftmax(counts: [0, 16, 1, 81], negatives: 36_000)
    var random = SeededRandom(seed: 5)
    let drawn = loss.draw(random: &random)
    // 16^0.75 = 8, 1, 81^0.75 = 27 of 36
    for (word, expected) in [0, 8000, 1000, 27000].enumerated() {
      let count = drawn.count { $0 == word }
      #expect(abs(count - expected) <= expected / 15, "word \(word): \(count)")
    }
  }
}
