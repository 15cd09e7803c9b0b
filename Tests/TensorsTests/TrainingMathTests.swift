import Foundation
import Tensors
import TestSupport
import Testing

/// Every instruction set against formulas in double precision, for counts with all kinds of
/// remainders.
@Suite struct TrainingMathTests {
  static let counts = [1, 3, 8, 15, 16, 17, 40, 131]

  private func numbers(_ count: Int, _ seed: UInt64, scale: Float = 2) -> [Float] {
    randomTensor([count], seed: seed).elements.map { scale * $0 }
  }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  @Test(arguments: Kernels.available, counts)
  func `an LSTM cell forward and back`(kernels: Kernels, size: Int) {
    let sums = numbers(4 * size, 1)
    let (previous, output, hiddenGradient) = (
      numbers(size, 2), numbers(size, 3), numbers(size, 4)
    )
    let outer = numbers(size, 5)
    var (gates, cell, hidden) = (
      sums, [Float](repeating: 0, count: size), [Float](repeating: 0, count: size)
    )
    TrainingMath.lstmForward(
      gates: &gates, previous: previous, cell: &cell, hidden: &hidden, size: size,
      isMaxout: false, kernels: kernels)
    var cellGradient = outer
    var gradients = [Float](repeating: 0, count: 4 * size)
    TrainingMath.lstmBackward(
      gates: gates, previous: previous, cell: cell, outputGradient: output,
      hiddenGradient: hiddenGradient, cellGradient: &cellGradient, gateGradients: &gradients,
      size: size, isMaxout: false, kernels: kernels)
    for k in 0..<size {
      let x = (0..<4).map { Double(sums[$0 * size + k]) }
      let (i, f, g, o) = (sigmoid(x[0]), sigmoid(x[1]), tanh(x[2]), sigmoid(x[3]))
      let c = f * Double(previous[k]) + i * g
      let dh = Double(output[k]) + Double(hiddenGradient[k])
      let dc = Double(outer[k]) + dh * o * (1 - tanh(c) * tanh(c))
      #expect(abs(Double(cell[k]) - c) < 1e-6)
      #expect(abs(Double(hidden[k]) - o * tanh(c)) < 1e-6)
      #expect(abs(Double(cellGradient[k]) - dc * f) < 2e-6)
      let want = [
        dc * g * i * (1 - i), dc * Double(previous[k]) * f * (1 - f), dc * i * (1 - g * g),
        dh * tanh(c) * o * (1 - o),
      ]
      for gate in 0..<4 { #expect(abs(Double(gradients[gate * size + k]) - want[gate]) < 2e-6) }
    }
  }

  @Test(arguments: Kernels.available, counts)
  func `a maxout cell forward and back`(kernels: Kernels, size: Int) {
    var sums = numbers(5 * size, 1)
    // Equal candidates in the first unit.
    sums[4 * size] = sums[3 * size]
    let (previous, output) = (numbers(size, 2), numbers(size, 3))
    var (gates, cell, hidden) = (
      sums, [Float](repeating: 0, count: size), [Float](repeating: 0, count: size)
    )
    TrainingMath.lstmForward(
      gates: &gates, previous: previous, cell: &cell, hidden: &hidden, size: size, isMaxout: true,
      kernels: kernels)
    var cellGradient = [Float](repeating: 0, count: size)
    var gradients = [Float](repeating: 0, count: 5 * size)
    TrainingMath.lstmBackward(
      gates: gates, previous: previous, cell: cell, outputGradient: output,
      hiddenGradient: cellGradient, cellGradient: &cellGradient, gateGradients: &gradients,
      size: size, isMaxout: true, kernels: kernels)
    for k in 0..<size {
      let x = (0..<5).map { Double(sums[$0 * size + k]) }
      let (i, f, o, g) = (sigmoid(x[0]), sigmoid(x[1]), sigmoid(x[2]), max(x[3], x[4]))
      let c = f * Double(previous[k]) + i * g
      let dc = Double(output[k]) * o * (1 - tanh(c) * tanh(c))
      #expect(abs(Double(hidden[k]) - o * tanh(c)) < 1e-6)
      let first = x[3] == x[4] ? 0.5 : x[3] > x[4] ? 1 : 0
      let want = [
        dc * g * i * (1 - i), dc * Double(previous[k]) * f * (1 - f),
        Double(output[k]) * tanh(c) * o * (1 - o), first * dc * i, (1 - first) * dc * i,
      ]
      for gate in 0..<5 { #expect(abs(Double(gradients[gate * size + k]) - want[gate]) < 2e-6) }
    }
  }

  @Test(arguments: Kernels.available, counts + [3000])
  func `cross-entropy and its gradient`(kernels: Kernels, count: Int) {
    for smoothing in [Float(0), 0.1] {
      let logits = numbers(count, 1, scale: 5).map { $0 + 300 }
      let target = count / 2
      var gradient = logits
      let loss = TrainingMath.crossEntropy(
        &gradient, count: count, target: target, smoothing: smoothing, scale: 0.5,
        kernels: kernels)
      let terms = logits.map { exp(Double($0) - 300) }
      let sum = terms.reduce(0, +)
      var want = 0.0
      for i in 0..<count {
        let share = Double(smoothing) / Double(count) + (i == target ? 1 - Double(smoothing) : 0)
        want -= share * (log(terms[i] / sum))
        #expect(abs(Double(gradient[i]) - 0.5 * (terms[i] / sum - share)) < 1e-6)
      }
      #expect(abs(loss - want) < 1e-5)
    }
  }

  @Test(arguments: Kernels.available, counts)
  func `sums and products`(kernels: Kernels, count: Int) {
    let (a, b) = (numbers(count, 1), numbers(count, 2))
    var result = b
    TrainingMath.add(a, scaledBy: 0.5, count: count, into: &result, kernels: kernels)
    #expect(relativeError(result, zip(a, b).map { $1 + 0.5 * $0 }) < 1e-6)
    TrainingMath.multiply(a, b, count: count, into: &result, kernels: kernels)
    #expect(result == zip(a, b).map { $0 * $1 })
    let squares = TrainingMath.sumOfSquares(a, count: count, kernels: kernels)
    let want = a.reduce(0) { $0 + Double($1) * Double($1) }
    #expect(abs(squares - want) < 1e-6 * want)
    let rows = 300
    let matrix = numbers(rows * count, 3)
    var sums = b
    TrainingMath.addRows(
      matrix, rows: rows, columns: count, into: &sums, threads: 2, kernels: kernels)
    for column in 0..<count {
      let want = (0..<rows).reduce(Double(b[column])) {
        $0 + Double(matrix[$1 * count + column])
      }
      #expect(abs(Double(sums[column]) - want) < 1e-4)
    }
  }

  @Test(arguments: Kernels.available, counts)
  func `attention's way back`(kernels: Kernels, size: Int) {
    let rows = 5
    let (keys, query, weights) = (numbers(rows * size, 1), numbers(size, 2), numbers(size, 3))
    let (scores, start) = (numbers(rows, 4), numbers(size, 5))
    for activation in VectorMath.AttentionActivation.allCases {
      var keyGradients = keys
      var queryGradient = start
      var weightGradient = start
      TrainingMath.attentionBackward(
        keys: keys, rows: rows, size: size, query: query, weights: weights,
        activation: activation, scoreGradients: scores, keyGradients: &keyGradients,
        queryGradient: &queryGradient, weightGradient: &weightGradient, kernels: kernels)
      for i in 0..<size {
        var (querySum, weightSum) = (0.0, Double(start[i]))
        for r in 0..<rows {
          let x = Double(keys[r * size + i]) + Double(query[i])
          let y = activation == .tanh ? tanh(x) : max(0, x)
          let slope = activation == .tanh ? 1 - y * y : x > 0 ? 1 : 0
          let change = Double(scores[r]) * Double(weights[i]) * slope
          querySum += change
          weightSum += Double(scores[r]) * y
          #expect(
            abs(Double(keyGradients[r * size + i]) - Double(keys[r * size + i]) - change) < 2e-6)
        }
        #expect(abs(Double(queryGradient[i]) - querySum) < 4e-6)
        #expect(abs(Double(weightGradient[i]) - weightSum) < 4e-6)
      }
    }
    var dots = [Float](repeating: 0, count: rows)
    TrainingMath.dotRows(keys, rows: rows, size: size, query, into: &dots, kernels: kernels)
    var outer = keys
    TrainingMath.addOuter(scores, rows: rows, query, size: size, into: &outer, kernels: kernels)
    for r in 0..<rows {
      let dot = (0..<size).reduce(0.0) {
        $0 + Double(keys[r * size + $1]) * Double(query[$1])
      }
      #expect(abs(Double(dots[r]) - dot) < 2e-5)
      for i in 0..<size {
        #expect(abs(outer[r * size + i] - keys[r * size + i] - scores[r] * query[i]) < 2e-6)
      }
    }
  }

  @Test func `many numbers on several threads give the same bits as on one`() {
    let count = 200_000
    let x = numbers(count, 1)
    #expect(
      TrainingMath.sumOfSquares(x, count: count)
        == TrainingMath.sumOfSquares(x, count: count, threads: 3))
    var (one, three) = (x, x)
    TrainingMath.add(x, scaledBy: 0.3, count: count, into: &one)
    TrainingMath.add(x, scaledBy: 0.3, count: count, into: &three, threads: 3)
    #expect(one == three)
    var (first, second) = (x, x)
    TrainingMath.dropout(x, count: count, probability: 0.5, state: 7, into: &first)
    TrainingMath.dropout(x, count: count, probability: 0.5, state: 7, into: &second, threads: 3)
    #expect(first == second)
  }

  @Test(arguments: Kernels.available, counts)
  func `optimizers' steps`(kernels: Kernels, count: Int) {
    let (start, gradient) = (numbers(count, 1), numbers(count, 2))
    var (parameters, velocity) = (start, numbers(count, 3))
    let before = velocity
    TrainingMath.Momentum(rate: 0.1, momentum: 0.9, decay: 0.01, isNesterov: true)(
      &parameters, gradient, velocity: &velocity, count: count, kernels: kernels)
    for k in 0..<count {
      let g = gradient[k] + 0.01 * start[k]
      let v = 0.9 * before[k] + g
      #expect(abs(velocity[k] - v) < 1e-6)
      #expect(abs(parameters[k] - (start[k] - 0.1 * (g + 0.9 * v))) < 1e-6)
    }
    for isDecoupled in [false, true] {
      var parameters = start
      var (first, second) = (numbers(count, 4), numbers(count, 5).map { abs($0) })
      let (m, v) = (first, second)
      TrainingMath.Adam(
        rate: 0.1, betas: (0.9, 0.99), epsilon: 1e-3, decay: 0.05, isDecoupled: isDecoupled,
        corrections: (0.5, 0.25)
      )(
        &parameters, gradient, first: &first, second: &second, count: count, kernels: kernels)
      for k in 0..<count {
        let p = isDecoupled ? start[k] * (1 - 0.1 * 0.05) : start[k]
        let g = gradient[k] + (isDecoupled ? 0 : 0.05 * start[k])
        let (m, v) = (0.9 * m[k] + 0.1 * g, 0.99 * v[k] + 0.01 * g * g)
        #expect(abs(first[k] - m) < 1e-6 && abs(second[k] - v) < 1e-6)
        let step = 0.1 * (m / 0.5) / ((v / 0.25).squareRoot() + 1e-3)
        #expect(abs(parameters[k] - (p - step)) < 2e-6 * max(1, abs(step)))
      }
    }
  }
}
