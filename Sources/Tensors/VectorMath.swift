internal import CKernels

/// Functions of rows of floats, as decoders need them at each step. Pointers need no alignment;
/// input and output may be the same memory. Relative errors of the transcendental functions are a
/// few units of 2⁻²⁴.
package enum VectorMath {
  /// result[i] = exp(x[i])
  package static func exp(
    _ x: UnsafePointer<Float>, count: Int, into result: UnsafeMutablePointer<Float>,
    kernels: Kernels = .best
  ) {
    kernels.table.pointee.exp(x, result, count)
  }

  /// result[i] = 1 / (1 + exp(-x[i]))
  package static func sigmoid(
    _ x: UnsafePointer<Float>, count: Int, into result: UnsafeMutablePointer<Float>,
    kernels: Kernels = .best
  ) {
    kernels.table.pointee.sigmoid(x, result, count)
  }

  /// result[i] = tanh(x[i])
  package static func tanh(
    _ x: UnsafePointer<Float>, count: Int, into result: UnsafeMutablePointer<Float>,
    kernels: Kernels = .best
  ) {
    kernels.table.pointee.tanh(x, result, count)
  }

  /// result[i] = exp(x[i]) / Σ exp(x[j]), safe against overflow. An x of -∞ gives 0.
  package static func softmax(
    _ x: UnsafePointer<Float>, count: Int, into result: UnsafeMutablePointer<Float>,
    kernels: Kernels = .best
  ) {
    kernels.table.pointee.softmax(x, result, count)
  }

  /// result[i] = x[i] - log Σ exp(x[j]), safe against overflow.
  package static func logSoftmax(
    _ x: UnsafePointer<Float>, count: Int, into result: UnsafeMutablePointer<Float>,
    kernels: Kernels = .best
  ) {
    kernels.table.pointee.log_softmax(x, result, count)
  }

  /// Whether no element is infinite or not a number.
  @inline(never)
  package static func areFinite(_ x: UnsafePointer<Float>, count: Int) -> Bool {
    // Zero times such an element is not a number, and neither is any sum with that.
    typealias Block = SIMD16<Float>
    let start = UnsafeRawPointer(x)
    let blocks = count / Block.scalarCount
    var sum = Block(repeating: 0)
    for block in 0..<blocks {
      let place = block * MemoryLayout<Block>.size
      sum += start.loadUnaligned(fromByteOffset: place, as: Block.self) * 0
    }
    var rest: Float = 0
    for index in blocks * Block.scalarCount..<count { rest += x[index] * 0 }
    return (sum.sum() + rest) == 0
  }

  /// result[i] = activation(a[i] + b[i])
  package static func add(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int,
    activation: Activation = .none, into result: UnsafeMutablePointer<Float>,
    kernels: Kernels = .best
  ) {
    let bounds = activation.bounds
    kernels.table.pointee.add(a, b, count, bounds.lower, bounds.upper, result)
  }

  /// One LSTM cell from its pre-activations (Hochreiter and Schmidhuber 1997, with forget gates):
  /// with i, f, g, o the four rows of `gates`, cell = σ(f) · cell + σ(i) · tanh(g) and hidden =
  /// σ(o) · tanh(cell).
  ///
  /// - Parameters:
  ///   - gates: `[4, size]` in PyTorch's order: input, forget, candidate, output.
  ///   - cell: `[size]`, replaced.
  ///   - hidden: `[size]`, written.
  package static func lstmCell(
    gates: UnsafePointer<Float>, size: Int, cell: UnsafeMutablePointer<Float>,
    hidden: UnsafeMutablePointer<Float>, kernels: Kernels = .best
  ) {
    kernels.table.pointee.lstm_cell(gates, cell, hidden, size)
  }

  /// What additive attention applies to key + query.
  package enum AttentionActivation: String, CaseIterable, Sendable {
    case relu, tanh
  }

  /// Additive attention's scores (Bahdanau et al., arXiv 1409.0473): scores[r] = Σ weights[i] ·
  /// act(keys[r, i] + query[i]).
  ///
  /// - Parameters:
  ///   - keys: `[rows, size]`, rows `keyStride` apart.
  ///   - query, weights: `[size]`
  ///   - scores: `[rows]`, written.
  package static func attentionScores(
    keys: UnsafePointer<Float>, rows: Int, size: Int, keyStride: Int? = nil,
    query: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    activation: AttentionActivation, into scores: UnsafeMutablePointer<Float>,
    kernels: Kernels = .best
  ) {
    kernels.table.pointee.attention_scores(
      keys, rows, keyStride ?? size, query, weights, size, activation == .tanh ? 1 : 0, scores)
  }

  /// result[i] = Σ weights[r] · values[r, i]
  ///
  /// - Parameters:
  ///   - values: `[rows, size]`, rows `valueStride` apart.
  ///   - weights: `[rows]`
  ///   - result: `[size]`, written; not the values' memory.
  package static func weightedSum(
    values: UnsafePointer<Float>, rows: Int, size: Int, valueStride: Int? = nil,
    weights: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>,
    kernels: Kernels = .best
  ) {
    kernels.table.pointee.weighted_sum(values, rows, valueStride ?? size, weights, size, result)
  }
}

extension [Float] {
  /// Whether no element is infinite or not a number.
  package var areFinite: Bool {
    withUnsafeBufferPointer { elements in
      elements.baseAddress.map { VectorMath.areFinite($0, count: elements.count) } ?? true
    }
  }
}
