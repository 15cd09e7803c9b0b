import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct ConcatenationTests {
  @Test func `puts channels after one another, pixel by pixel`() {
    let a = Tensor([1, 1, 2, 1], [1, 2])
    let b = Tensor([1, 1, 2, 2], [10, 11, 20, 21])
    #expect(concatenated([a, b, a]) == Tensor([1, 1, 2, 4], [1, 10, 11, 1, 2, 20, 21, 2]))
  }

  @Test func `separation is the way back`() {
    let (a, b) = (randomTensor([2, 3, 4, 5], seed: 1), randomTensor([2, 3, 4, 2], seed: 2))
    #expect(separated(concatenated([a, b]), channels: [5, 2]) == [a, b])
  }
}
