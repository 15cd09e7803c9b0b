import Foundation

package enum RowMath {
  package static func logSoftmax(
    _ x: UnsafePointer<Float>, count: Int, into row: UnsafeMutablePointer<Float>
  ) {
    var largest = -Float.infinity
    for i in 0..<count { largest = max(largest, x[i]) }
    var sum: Float = 0
    for i in 0..<count { sum += expf(x[i] - largest) }
    let shift = largest + logf(sum)
    for i in 0..<count { row[i] = x[i] - shift }
  }

  package static func softmax(
    _ x: UnsafePointer<Float>, count: Int, into row: UnsafeMutablePointer<Float>
  ) {
    var largest = -Float.infinity
    for i in 0..<count { largest = max(largest, x[i]) }
    var sum: Float = 0
    for i in 0..<count {
      row[i] = expf(x[i] - largest)
      sum += row[i]
    }
    for i in 0..<count { row[i] /= sum }
  }

  package static func sigmoid(
    _ x: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<count { y[i] = 1 / (1 + expf(-x[i])) }
  }

  package static func tanh(
    _ x: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<count { y[i] = tanhf(x[i]) }
  }

  package enum AttentionActivation: Sendable {
    case relu, tanh
  }

  package static func attentionScores(
    keys: UnsafePointer<Float>, rows: Int, size: Int, query: UnsafePointer<Float>,
    weights: UnsafePointer<Float>, activation: AttentionActivation,
    into scores: UnsafeMutablePointer<Float>
  ) {
    for p in 0..<rows {
      var sum: Float = 0
      for a in 0..<size {
        let x = keys[p * size + a] + query[a]
        sum += weights[a] * (activation == .tanh ? tanhf(x) : max(0, x))
      }
      scores[p] = sum
    }
  }

  package static func weightedSum(
    values: UnsafePointer<Float>, rows: Int, size: Int, weights: UnsafePointer<Float>,
    into result: UnsafeMutablePointer<Float>
  ) {
    result.update(repeating: 0, count: size)
    for p in 0..<rows {
      for c in 0..<size { result[c] += weights[p] * values[p * size + c] }
    }
  }

  package static func lstmCell(
    gates: UnsafePointer<Float>, size: Int, cell: UnsafeMutablePointer<Float>,
    hidden: UnsafeMutablePointer<Float>
  ) {
    for k in 0..<size {
      let i = 1 / (1 + expf(-gates[k]))
      let f = 1 / (1 + expf(-gates[size + k]))
      let g = tanhf(gates[2 * size + k])
      let o = 1 / (1 + expf(-gates[3 * size + k]))
      cell[k] = f * cell[k] + i * g
      hidden[k] = o * tanhf(cell[k])
    }
  }
}
