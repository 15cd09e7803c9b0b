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

  // Scripts/references/training.py, embedding
  @Test func `the gradient is PyTorch's, and knows its rows`() throws {
    let table = Embedding(weight: randomTensor([6, 5], seed: 1))
    var gradients = table.zeros()
    table.backward(randomTensor([5, 5], seed: 2), ids: [4, 1, 4, 0, 4], gradients: &gradients)
    try TrainingReferences("embedding").expect(gradients: gradients)
    #expect(gradients.touched?.rows == [4, 1, 0])
    gradients.reset()
    #expect(gradients.weight == Tensor([6, 5]))
    #expect(gradients.touched?.rows == [])
  }
}
