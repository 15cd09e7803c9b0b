import NeuralNet
import Tensors
import Testing

@Suite struct SoftmaxTests {
  // torch.softmax(torch.tensor([[1., 2., 3.], [-100., 0., 100.]]), 1)
  @Test func `each row sums to one, however large its numbers`() {
    let result = softmax(Tensor([2, 3], [1, 2, 3, -100, 0, 100]))
    let expected: [Float] = [0.09003057, 0.24472848, 0.66524094, 0, 0, 1]
    for (value, expected) in zip(result.elements, expected) {
      #expect(abs(value - expected) < 1e-7)
    }
  }
}
