import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct ExponentialMovingAverageTests {
  @Test func `follows the model, faster at first`() {
    func layer(_ value: Float) -> Linear {
      Linear(weight: Tensor([1, 2], [value, -value]), bias: nil)
    }
    var average = ExponentialMovingAverage(layer(0), decay: 0.5)
    var expected: Float = 0
    for update in 1...20 {
      let decay = min(0.5, Float(1 + update) / Float(10 + update))
      expected = decay * expected + (1 - decay) * Float(update)
      average.update(layer(Float(update)))
      #expect(
        relativeError(average.average.weight.elements, [expected, -expected]) < 1e-6)
    }
    #expect(average.updates == 20)
  }
}
