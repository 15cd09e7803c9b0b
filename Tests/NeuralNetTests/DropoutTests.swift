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

  @Test func `the numbers are those that the generator draws`() {
    var drawn = SeededRandom(seed: 3)
    let expected = (0..<1000).map { _ in drawn.uniform() < 0.25 ? Float(0) : 4 / 3 }
    var random = SeededRandom(seed: 3)
    #expect(Dropout(0.25)(Tensor(repeating: 1, [1000]), random: &random).elements == expected)
    #expect(random.state == drawn.state)
  }

  @Test func `the gradient is dropped where the input was, on any number of threads`() {
    let input = Tensor(repeating: 1, [500, 400])
    let before = SeededRandom(seed: 4)
    var random = before
    let output = Dropout(0.5)(input, random: &random)
    #expect(Dropout(0.5).backward(input, random: before, threads: 3) == output)
  }
}
