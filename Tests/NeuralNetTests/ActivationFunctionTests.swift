import NeuralNet
import Tensors
import Testing

@Suite struct ActivationFunctionTests {
  private let input = Tensor([2, 3], [-8, -0.5, 0, 0.5, 3, 8])

  @Test func `ReLU and ReLU6 clip`() {
    #expect(ActivationFunction.relu(input) == Tensor([2, 3], [0, 0, 0, 0.5, 3, 8]))
    #expect(ActivationFunction.relu6(input) == Tensor([2, 3], [0, 0, 0, 0.5, 3, 6]))
  }

  // x = torch.tensor([-8, -0.5, 0, 0.5, 3, 8]); torch.tanh(x), torch.sigmoid(x)
  @Test func `tanh and sigmoid`() {
    let tanh: [Float] = [-0.9999998, -0.46211717, 0, 0.46211717, 0.9950548, 0.9999998]
    let sigmoid: [Float] = [0.00033535014, 0.37754068, 0.5, 0.62245935, 0.95257413, 0.99966466]
    for (value, expected) in zip(ActivationFunction.tanh(input).elements, tanh) {
      #expect(abs(value - expected) <= 2e-7)
    }
    for (value, expected) in zip(ActivationFunction.sigmoid(input).elements, sigmoid) {
      #expect(abs(value - expected) <= 2e-7)
    }
    #expect(ActivationFunction.tanh(input).shape == [2, 3])
  }
}
