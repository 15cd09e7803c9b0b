import Foundation
import Tensors
import Testing

@Suite struct VectorMathTests {
  /// The largest relative error over `x`, against double precision.
  private static func error(
    _ x: [Float], _ result: [Float], _ function: (Double) -> Double
  ) -> Double {
    zip(x, result).map { x, result in
      let want = function(Double(x))
      return abs(Double(result) - want) / max(abs(want), 1e-37)
    }.max() ?? 0
  }

  // An odd count, so that every instruction set has a rest.
  private static let numbers: [Float] =
    (-4000...4000).map { Float($0) / 50 } + (1...1002).map { Float($0) * 1e-5 }

  @Test func `exp, sigmoid and tanh are within a few units of the last place`() {
    for kernels in Kernels.available {
      let x = Self.numbers
      var result = x
      VectorMath.exp(x, count: x.count, into: &result, kernels: kernels)
      #expect(Self.error(x, result, { Foundation.exp($0) }) < 2.5e-7, "\(kernels)")
      VectorMath.sigmoid(x, count: x.count, into: &result, kernels: kernels)
      #expect(Self.error(x, result, { 1 / (1 + Foundation.exp(-$0)) }) < 4e-7, "\(kernels)")
      VectorMath.tanh(x, count: x.count, into: &result, kernels: kernels)
      #expect(Self.error(x, result, { Foundation.tanh($0) }) < 4e-7, "\(kernels)")
    }
  }

  @Test func `Extreme arguments saturate and NaN stays NaN`() {
    let x: [Float] = [-.infinity, -1000, -105, 0, 89, 1000, .infinity, .nan]
    for kernels in Kernels.available {
      var result = x
      VectorMath.exp(x, count: x.count, into: &result, kernels: kernels)
      #expect(result.prefix(7) == [0, 0, 0, 1, .infinity, .infinity, .infinity])
      #expect(result[7].isNaN)
      VectorMath.sigmoid(x, count: x.count, into: &result, kernels: kernels)
      #expect(result.prefix(7) == [0, 0, 0, 0.5, 1, 1, 1])
      #expect(result[7].isNaN)
      VectorMath.tanh(x, count: x.count, into: &result, kernels: kernels)
      #expect(result.prefix(7) == [-1, -1, -1, 0, 1, 1, 1])
      #expect(result[7].isNaN)
    }
  }

  @Test func `Softmax and its logarithm, for rows of any length and large numbers`() {
    var random = SeededRandom(seed: 3)
    for kernels in Kernels.available {
      for count in [1, 2, 3, 7, 8, 16, 17, 31, 100, 9489] {
        let x = (0..<count).map { _ in 300 + 20 * random.uniform() }
        let sum = x.reduce(0.0) { $0 + Foundation.exp(Double($1) - 320) }
        var result = x
        VectorMath.softmax(x, count: count, into: &result, kernels: kernels)
        #expect(Self.error(x, result, { Foundation.exp($0 - 320) / sum }) < 1e-6)
        VectorMath.logSoftmax(x, count: count, into: &result, kernels: kernels)
        for (x, result) in zip(x, result) {
          #expect(abs(Double(result) - (Double(x) - 320 - log(sum))) < 1e-5)
        }
      }
      var masked: [Float] = [0, -.infinity, 0]
      VectorMath.softmax(masked, count: 3, into: &masked, kernels: kernels)
      #expect(masked == [0.5, 0, 0.5])
    }
  }

  @Test func `An LSTM cell agrees with PyTorch`() {
    // torch.manual_seed(0) is not used: gates and cell are small sequences.
    //   g = torch.arange(-10, 10) * 0.3; c = torch.arange(5) * 0.5 - 1
    //   i, f, c_, o = g.view(4, 5); c = f.sigmoid() * c + i.sigmoid() * c_.tanh()
    //   print(c, o.sigmoid() * c.tanh())
    let gates = (-10..<10).map { Float($0) * 0.3 }
    for kernels in Kernels.available {
      var cell = (0..<5).map { Float($0) * 0.5 - 1 }
      var hidden = [Float](repeating: 0, count: 5)
      VectorMath.lstmCell(gates: gates, size: 5, cell: &cell, hidden: &hidden, kernels: kernels)
      let wantCell = [0, 1, 2, 3, 4].map { k -> Double in
        let s = { (x: Double) in 1 / (1 + Foundation.exp(-x)) }
        let g = { (row: Int) in Double(row * 5 + k - 10) * 0.3 }
        return s(g(1)) * (Double(k) * 0.5 - 1) + s(g(0)) * Foundation.tanh(g(2))
      }
      for k in 0..<5 {
        let o = 1 / (1 + Foundation.exp(-Double(15 + k - 10) * 0.3))
        #expect(abs(Double(cell[k]) - wantCell[k]) < 2e-7)
        #expect(abs(Double(hidden[k]) - o * Foundation.tanh(wantCell[k])) < 2e-7)
      }
    }
  }

  @Test func `An LSTM cell of any size computes each unit alone`() {
    var random = SeededRandom(seed: 5)
    for kernels in Kernels.available {
      for size in [1, 3, 8, 15, 16, 17, 40] {
        let gates = (0..<4 * size).map { _ in 8 * random.uniform() - 4 }
        let before = (0..<size).map { _ in 4 * random.uniform() - 2 }
        var cell = before
        var hidden = [Float](repeating: 0, count: size)
        VectorMath.lstmCell(
          gates: gates, size: size, cell: &cell, hidden: &hidden, kernels: kernels)
        for k in 0..<size {
          let s = { (row: Int) in 1 / (1 + Foundation.exp(-Double(gates[row * size + k]))) }
          let c = s(1) * Double(before[k]) + s(0) * Foundation.tanh(Double(gates[2 * size + k]))
          #expect(abs(Double(cell[k]) - c) < 1e-6)
          #expect(abs(Double(hidden[k]) - s(3) * Foundation.tanh(c)) < 1e-6)
        }
      }
    }
  }

  @Test func `Attention scores and weighted sums`() {
    var random = SeededRandom(seed: 9)
    let (rows, stride) = (7, 80)
    for kernels in Kernels.available {
      for size in [1, 5, 16, 33, 64, 71] {
        let keys = (0..<rows * stride).map { _ in 2 * random.uniform() - 1 }
        let query = (0..<size).map { _ in 2 * random.uniform() - 1 }
        let weights = (0..<size).map { _ in 2 * random.uniform() - 1 }
        for activation in [VectorMath.AttentionActivation.relu, .tanh] {
          var scores = [Float](repeating: 0, count: rows)
          VectorMath.attentionScores(
            keys: keys, rows: rows, size: size, keyStride: stride, query: query,
            weights: weights, activation: activation, into: &scores, kernels: kernels)
          for r in 0..<rows {
            let want = (0..<size).reduce(0.0) { sum, i in
              let x = Double(keys[r * stride + i]) + Double(query[i])
              return sum + Double(weights[i])
                * (activation == .relu ? max(0, x) : Foundation.tanh(x))
            }
            #expect(abs(Double(scores[r]) - want) < 3e-6)
          }
        }
        let rowWeights = (0..<rows).map { _ in random.uniform() }
        var result = [Float](repeating: 0, count: size)
        VectorMath.weightedSum(
          values: keys, rows: rows, size: size, valueStride: stride, weights: rowWeights,
          into: &result, kernels: kernels)
        for i in 0..<size {
          let want = (0..<rows).reduce(0.0) {
            $0 + Double(rowWeights[$1]) * Double(keys[$1 * stride + i])
          }
          #expect(abs(Double(result[i]) - want) < 2e-6)
        }
      }
    }
  }

  @Test func `Sums are clamped by the activation`() {
    let a: [Float] = (0..<37).map { Float($0) - 18 }
    let b = [Float](repeating: 1, count: 37)
    for kernels in Kernels.available {
      var result = a
      VectorMath.add(a, b, count: 37, activation: .relu6, into: &result, kernels: kernels)
      #expect(result == a.map { min(max($0 + 1, 0), 6) })
      VectorMath.add(a, b, count: 37, into: &result, kernels: kernels)
      #expect(result == a.map { $0 + 1 })
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity, .signalingNaN])
  func `one number that is not finite is found wherever it is`(value: Float) {
    for count in [1, 7, 16, 17, 40] {
      var numbers = [Float](repeating: .greatestFiniteMagnitude, count: count)
      #expect(numbers.areFinite)
      for place in numbers.indices {
        numbers[place] = value
        #expect(!numbers.areFinite, "\(place) of \(count)")
        numbers[place] = -.greatestFiniteMagnitude
      }
    }
    #expect([Float]().areFinite)
  }
}
