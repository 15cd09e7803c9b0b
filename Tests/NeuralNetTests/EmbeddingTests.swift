import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct EmbeddingTests {
  @Test func `a token becomes its row`() {
    let table = Embedding(weight: Tensor([3, 2], [1, 2, 3, 4, 5, 6]))
    #expect(table([2, 0, 2]) == Tensor([3, 2], [5, 6, 1, 2, 5, 6]))
    #expect(table([]) == Tensor([0, 2], []))
  }

  @Test func `a table is read from a checkpoint or made at random`() throws {
    let read = try Embedding(
      WeightReader(SeededWeights(seed: 1))["embedding"], tokens: 5, size: 3)
    #expect(read.weight == SeededWeights(seed: 1).tensor("embedding.weight", shape: [5, 3]))
    var random = SeededRandom(seed: 1)
    let made = Embedding(tokens: 50, size: 3, random: &random)
    #expect(made.tokens == 50 && made.size == 3)
    #expect(made.weight.elements.allSatisfy { abs($0) <= 0.1 })
    #expect(made.weight.elements.contains { abs($0) > 0.08 })
  }
}
