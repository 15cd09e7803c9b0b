package import Tensors

/// The loss of classification and of language models: −Σ q log softmax(logits), averaged over rows.
///
/// With label smoothing ε (Szegedy et al. 2015, arXiv 1512.00567), q is ε / classes everywhere and
/// 1 − ε more at the target, as in PyTorch's `cross_entropy`.
package struct SoftmaxCrossEntropy: Sendable {
  /// ε, in [0, 1).
  package let labelSmoothing: Float

  /// How many logits are in memory at once where they are computed here.
  private static let logitsAtOnce = 1 << 22

  /// - Precondition: `labelSmoothing` is in [0, 1).
  package init(labelSmoothing: Float = 0) {
    precondition(
      labelSmoothing >= 0 && labelSmoothing < 1, "label smoothing of \(labelSmoothing)")
    self.labelSmoothing = labelSmoothing
  }

  /// - Parameters:
  ///   - logits: `[rows, classes]`
  ///   - targets: the right class of each row; nil where a row does not count.
  ///   - divisor: what the sum over the rows is divided by; nil for the number of rows that count.
  ///     Where gradients of several batches are added up, the number of rows in all of them.
  ///   - weights: what each row's loss is multiplied by; nil for 1.
  /// - Returns: the mean loss, and its gradient with respect to the logits, `[rows, classes]`.
  /// - Precondition: every target is in `0..<classes`.
  package func callAsFunction(
    _ logits: Tensor, targets: [Int?], divisor: Int? = nil, weights: [Float]? = nil,
    threads: Int = 1
  ) -> (loss: Double, gradient: Tensor) {
    precondition(
      logits.shape.rank == 2 && logits.shape[0] == targets.count
        && weights?.count ?? targets.count == targets.count,
      "\(targets.count) targets for logits \(logits.shape)")
    let divisor = divisor ?? targets.count { $0 != nil }
    var gradient = logits
    let loss = differentiate(
      &gradient.elements, classes: logits.shape[1], targets: targets[...], divisor: divisor,
      weights: weights?[...], threads: threads)
    return (loss / Double(max(1, divisor)), gradient)
  }

  /// The loss after a linear layer, a block of rows at a time: the logits of a large vocabulary
  /// over many rows would not fit into the caches, or into memory.
  ///
  /// - Parameters:
  ///   - input: `[rows, layer.inputs]`
  ///   - layer: computes the logits.
  ///   - targets, divisor, weights: as above.
  ///   - gradients: receives the sum of what it holds and the gradients of the layer.
  /// - Returns: the mean loss, and its gradient with respect to the input.
  package func callAsFunction(
    _ input: Tensor, through layer: Linear, targets: [Int?], divisor: Int? = nil,
    weights: [Float]? = nil, gradients: inout Linear, threads: Int = 1
  ) -> (loss: Double, gradient: Tensor) {
    precondition(
      input.shape == [targets.count, layer.inputs]
        && weights?.count ?? targets.count == targets.count,
      "\(targets.count) targets for \(input.shape) through weight \(layer.weight.shape)")
    let divisor = divisor ?? targets.count { $0 != nil }
    let rows = targets.count
    let size = layer.inputs
    let block = max(64, Self.logitsAtOnce / max(1, layer.outputs))
    let (forward, back) = (layer.packed(), PackedMatrix(weights: layer.weight, transposed: true))
    var loss = 0.0
    let gradient = Tensor(uninitialized: input.shape) { inputGradient in
      for first in stride(from: 0, to: rows, by: block) {
        let count = min(block, rows - first)
        let part =
          count == rows
          ? input
          : Tensor([count, size], Array(input.elements[first * size..<(first + count) * size]))
        var logits = Tensor(uninitialized: [count, layer.outputs]) {
          forward(part.elements, rows: count, into: $0, threads: threads)
        }
        loss += differentiate(
          &logits.elements, classes: layer.outputs, targets: targets[first..<first + count],
          divisor: divisor, weights: weights?[first..<first + count], threads: threads)
        layer.addGradients(logits, input: part, to: &gradients, threads: threads)
        back(
          logits.elements, rows: count, into: inputGradient + first * size, threads: threads)
      }
    }
    return (loss / Double(max(1, divisor)), gradient)
  }

  /// Replaces logits by the gradient of the mean; returns the sum of the losses.
  private func differentiate(
    _ logits: UnsafeMutablePointer<Float>, classes: Int, targets: ArraySlice<Int?>, divisor: Int,
    weights: ArraySlice<Float>?, threads: Int
  ) -> Double {
    let scale = 1 / Float(max(1, divisor))
    var losses = [Double](repeating: 0, count: targets.count)
    losses.withUnsafeMutableBufferPointer { losses in
      let losses = UncheckedSendable(losses)
      // A row takes some nanoseconds for every class.
      let share = max(1, (1 << 14) / max(1, classes))
      parallelFor((targets.count + share - 1) / share, threads: threads) { index in
        for row in index * share..<min(targets.count, (index + 1) * share) {
          let logits = logits + row * classes
          if let target = targets[targets.startIndex + row] {
            let weight = weights.map { $0[$0.startIndex + row] } ?? 1
            losses.value[row] =
              Double(weight)
              * TrainingMath.crossEntropy(
                logits, count: classes, target: target, smoothing: labelSmoothing,
                scale: scale * weight)
          } else {
            logits.update(repeating: 0, count: classes)
          }
        }
      }
    }
    return losses.reduce(0, +)
  }
}
