import NeuralNet
import Tensors
import TestSupport
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

  // Scripts/references/training.py, activations
  @Test(arguments: [
    ("relu", ActivationFunction.relu), ("relu6", .relu6), ("tanh", .tanh), ("sigmoid", .sigmoid),
  ])
  func `gradients are PyTorch's`(name: String, function: ActivationFunction) throws {
    var input = randomTensor([4, 9], seed: 1)
    input.elements = input.elements.map { 8 * $0 }
    let output = function(input)
    let golden = try TrainingReferences("activation-\(name)")
    try golden.expect(output, "output")
    try golden.expect(function.backward(randomTensor([4, 9], seed: 2), output: output), "input")
  }
}
