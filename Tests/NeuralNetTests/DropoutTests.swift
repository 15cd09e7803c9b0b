import NeuralNet
import Tensors
import Testing

@Suite struct DropoutTests {
  @Test func `a share of the elements is zeroed and the mean stays`() {
    var random = SeededRandom(seed: 1)
    let output = Dropout(0.3)(Tensor(repeating: 2, [100, 100]), random: &random)
    let zeros = output.elements.count { $0 == 0 }
    // Of 10,000 draws of probability 0.3, the standard deviation is 46.
    #expect(abs(zeros - 3000) < 200)
    #expect(output.elements.allSatisfy { $0 == 0 || abs($0 - 2 / 0.7) < 1e-6 })
    #expect(abs(output.elements.reduce(0, +) / 10_000 - 2) < 0.06)
  }

  @Test func `the seed decides which, and probability 0 keeps all`() {
    let input = Tensor(repeating: 1, [64])
    func dropped(_ probability: Float, _ seed: UInt64) -> Tensor {
      var random = SeededRandom(seed: seed)
      return Dropout(probability)(input, random: &random)
    }
    #expect(dropped(0.5, 1) == dropped(0.5, 1))
    #expect(dropped(0.5, 1) != dropped(0.5, 2))
    #expect(dropped(0, 1) == input)
  }
}
