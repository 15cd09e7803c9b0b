import Tensors
import TestSupport
import Testing

@Suite struct InitialWeightsTests {
  @Test func `matrices have the variance two over the fan-in, by name and seed`() {
    let weights = InitialWeights(seed: 1)
    let shape: Shape = [64, 16, 3, 3]
    let tensor = weights.tensor("a.weight", shape: shape)
    let variance = tensor.elements.reduce(0) { $0 + $1 * $1 } / Float(shape.count)
    #expect(abs(variance * Float(16 * 9) / 2 - 1) < 0.05)
    #expect(tensor == weights.tensor("a.weight", shape: shape))
    #expect(tensor != weights.tensor("b.weight", shape: shape))
    #expect(tensor != InitialWeights(seed: 2).tensor("a.weight", shape: shape))
  }

  @Test func `normalisations start as the identity, biases at zero`() {
    let weights = InitialWeights(seed: 1)
    for (name, value) in [("weight", 1), ("running_var", 1), ("bias", 0), ("running_mean", 0)] {
      #expect(
        weights.tensor("bn." + name, shape: [3]) == Tensor(repeating: Float(value), [3]), "\(name)")
    }
  }
}
