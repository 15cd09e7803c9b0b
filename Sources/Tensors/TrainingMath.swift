internal import CKernels

/// Sums and products over many numbers as training needs them, on several threads where there are
/// enough; the same bits for any number of threads.
package enum TrainingMath {
  /// How many numbers one share of a loop has: some 20 µs of work.
  private static let share = 1 << 16

  /// result += scale · x
  package static func add(
    _ x: UnsafePointer<Float>, scaledBy scale: Float = 1, count: Int,
    into result: UnsafeMutablePointer<Float>, threads: Int = 1, kernels: Kernels = .best
  ) {
    overShares(count, threads: threads) { first, count in
      kernels.table.pointee.add_scaled(x + first, scale, count, result + first)
    }
  }

  /// result = a · b, element by element; result may be a or b.
  package static func multiply(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int,
    into result: UnsafeMutablePointer<Float>, threads: Int = 1, kernels: Kernels = .best
  ) {
    overShares(count, threads: threads) { first, count in
      kernels.table.pointee.multiply(a + first, b + first, count, result + first)
    }
  }

  /// result[i] += Σ matrix[r, i]
  ///
  /// - Parameters:
  ///   - matrix: `[rows, columns]`, dense.
  ///   - result: `[columns]`
  package static func addRows(
    _ matrix: UnsafePointer<Float>, rows: Int, columns: Int,
    into result: UnsafeMutablePointer<Float>, threads: Int = 1, kernels: Kernels = .best
  ) {
    // As wide as the kernel's blocks, or several of them.
    let width = max(128, share / max(1, rows) / 128 * 128)
    let shares = (columns + width - 1) / width
    parallelFor(shares, threads: rows * columns < share ? 1 : threads) { share in
      let first = share * width
      kernels.table.pointee.add_rows(
        matrix + first, rows, columns, min(width, columns - first), result + first)
    }
  }

  /// Σ x²
  package static func sumOfSquares(
    _ x: UnsafePointer<Float>, count: Int, threads: Int = 1, kernels: Kernels = .best
  ) -> Double {
    var sums = [Double](repeating: 0, count: (count + share - 1) / share)
    sums.withUnsafeMutableBufferPointer { sums in
      let sums = UncheckedSendable(sums)
      overShares(count, threads: threads) { first, count in
        sums.value[first / share] = kernels.table.pointee.sum_of_squares(x + first, count)
      }
    }
    return sums.reduce(0, +)
  }

  /// result[i] = 0 with the given probability, and x[i] / (1 − probability) else, by the numbers
  /// that a `SeededRandom` of the given state draws: 0 where `uniform()` is below the probability.
  package static func dropout(
    _ x: UnsafePointer<Float>, count: Int, probability: Float, state: UInt64,
    into result: UnsafeMutablePointer<Float>, threads: Int = 1, kernels: Kernels = .best
  ) {
    let threshold = UInt32((probability * 0x1p24).rounded(.up))
    overShares(count, threads: threads) { first, count in
      kernels.table.pointee.dropout(
        x + first, count, SeededRandom.state(state, after: first), threshold,
        1 / (1 - probability), result + first)
    }
  }

  /// One step of gradient descent with momentum (Sutskever et al. 2013), as PyTorch's `SGD`.
  package struct Momentum: Sendable {
    package var rate: Float
    package var momentum: Float
    package var decay: Float
    package var isNesterov: Bool

    package init(rate: Float, momentum: Float, decay: Float, isNesterov: Bool) {
      self.rate = rate
      self.momentum = momentum
      self.decay = decay
      self.isNesterov = isNesterov
    }

    package func callAsFunction(
      _ parameters: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>,
      velocity: UnsafeMutablePointer<Float>, count: Int, threads: Int = 1, kernels: Kernels = .best
    ) {
      let step = ck_momentum(
        rate: rate, momentum: momentum, decay: decay, nesterov: isNesterov ? 1 : 0)
      overShares(count, threads: threads) { first, count in
        withUnsafePointer(to: step) {
          kernels.table.pointee.momentum_step(
            $0, parameters + first, gradient + first, velocity + first, count)
        }
      }
    }
  }

  /// One step of Adam (Kingma, Ba, arXiv 1412.6980), as PyTorch's `Adam` and, with `isDecoupled`,
  /// `AdamW` (Loshchilov, Hutter, arXiv 1711.05101).
  package struct Adam: Sendable {
    package var rate: Float
    package var betas: (Float, Float)
    package var epsilon: Float
    package var decay: Float
    package var isDecoupled: Bool
    /// 1 − β₁ᵗ and 1 − β₂ᵗ in step t.
    package var corrections: (Float, Float)

    package init(
      rate: Float, betas: (Float, Float), epsilon: Float, decay: Float, isDecoupled: Bool,
      corrections: (Float, Float)
    ) {
      self.rate = rate
      self.betas = betas
      self.epsilon = epsilon
      self.decay = decay
      self.isDecoupled = isDecoupled
      self.corrections = corrections
    }

    package func callAsFunction(
      _ parameters: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>,
      first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>, count: Int,
      threads: Int = 1, kernels: Kernels = .best
    ) {
      let step = ck_adam(
        rate: rate, beta1: betas.0, beta2: betas.1, epsilon: epsilon, decay: decay,
        first_correction: corrections.0, second_correction: corrections.1,
        decoupled: isDecoupled ? 1 : 0)
      overShares(count, threads: threads) { place, count in
        withUnsafePointer(to: step) {
          kernels.table.pointee.adam_step(
            $0, parameters + place, gradient + place, first + place, second + place, count)
        }
      }
    }
  }

  private static func overShares(
    _ count: Int, threads: Int, _ body: (_ first: Int, _ count: Int) -> Void
  ) {
    parallelFor((count + share - 1) / share, threads: threads) { index in
      body(index * share, min(share, count - index * share))
    }
  }
}

extension TrainingMath {
  /// One LSTM cell on its way forward: see `ck_kernels.lstm_forward` and `maxout_forward`.
  ///
  /// - Parameters:
  ///   - gates: `[4, size]`, or `[5, size]` if `isMaxout`: the pre-activations i, f, g, o or i, f, o,
  ///     g₁, g₂, replaced by what the way back needs of them.
  ///   - previous: `[size]`, the cell before.
  ///   - cell, hidden: `[size]`, written.
  package static func lstmForward(
    gates: UnsafeMutablePointer<Float>, previous: UnsafePointer<Float>,
    cell: UnsafeMutablePointer<Float>, hidden: UnsafeMutablePointer<Float>, size: Int,
    isMaxout: Bool, kernels: Kernels = .best
  ) {
    let table = kernels.table.pointee
    (isMaxout ? table.maxout_forward : table.lstm_forward)(gates, previous, cell, hidden, size)
  }

  /// One LSTM cell on its way back.
  ///
  /// - Parameters:
  ///   - gates, previous, cell: as `lstmForward` left them.
  ///   - outputGradient, hiddenGradient: `[size]`: two parts of the gradient of the hidden state.
  ///   - cellGradient: `[size]`, the gradient of the cell, replaced by that of the previous one.
  ///   - gateGradients: as many as gates, written: the gradient of the pre-activations.
  package static func lstmBackward(
    gates: UnsafePointer<Float>, previous: UnsafePointer<Float>, cell: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, hiddenGradient: UnsafePointer<Float>,
    cellGradient: UnsafeMutablePointer<Float>, gateGradients: UnsafeMutablePointer<Float>,
    size: Int, isMaxout: Bool, kernels: Kernels = .best
  ) {
    let table = kernels.table.pointee
    (isMaxout ? table.maxout_backward : table.lstm_backward)(
      gates, previous, cell, outputGradient, hiddenGradient, cellGradient, gateGradients, size)
  }

  /// The way back through `VectorMath.attentionScores`.
  ///
  /// - Parameters:
  ///   - scoreGradients: `[rows]`
  ///   - keyGradients: `[rows, size]`, added to.
  ///   - queryGradient: `[size]`, written.
  ///   - weightGradient: `[size]`, added to.
  package static func attentionBackward(
    keys: UnsafePointer<Float>, rows: Int, size: Int, query: UnsafePointer<Float>,
    weights: UnsafePointer<Float>, activation: VectorMath.AttentionActivation,
    scoreGradients: UnsafePointer<Float>, keyGradients: UnsafeMutablePointer<Float>,
    queryGradient: UnsafeMutablePointer<Float>, weightGradient: UnsafeMutablePointer<Float>,
    kernels: Kernels = .best
  ) {
    kernels.table.pointee.attention_backward(
      keys, rows, size, query, weights, size, activation == .tanh ? 1 : 0, scoreGradients,
      keyGradients, queryGradient, weightGradient)
  }

  /// result[r] = Σ matrix[r, i] · x[i]
  ///
  /// - Parameter matrix: `[rows, size]`
  package static func dotRows(
    _ matrix: UnsafePointer<Float>, rows: Int, size: Int, _ x: UnsafePointer<Float>,
    into result: UnsafeMutablePointer<Float>, kernels: Kernels = .best
  ) {
    kernels.table.pointee.dot_rows(matrix, rows, size, x, size, result)
  }

  /// matrix[r, i] += weights[r] · x[i]
  ///
  /// - Parameter matrix: `[rows, size]`
  package static func addOuter(
    _ weights: UnsafePointer<Float>, rows: Int, _ x: UnsafePointer<Float>, size: Int,
    into matrix: UnsafeMutablePointer<Float>, kernels: Kernels = .best
  ) {
    kernels.table.pointee.add_outer(weights, rows, x, size, matrix, size)
  }

  /// Softmax cross-entropy of one row: returns −Σ q log softmax(logits), and replaces the logits by
  /// its gradient times `scale`. q is smoothing / count everywhere and 1 − smoothing more at the
  /// target.
  ///
  /// - Precondition: `target` is in `0..<count`.
  package static func crossEntropy(
    _ logits: UnsafeMutablePointer<Float>, count: Int, target: Int, smoothing: Float,
    scale: Float, kernels: Kernels = .best
  ) -> Double {
    precondition(target >= 0 && target < count, "target \(target) of \(count) classes")
    return kernels.table.pointee.cross_entropy(logits, count, target, smoothing, scale)
  }
}
