internal import Tensors

/// A model as its own gradients.
extension Trainable {
  /// Gradients of zero for this model. Those of tables keep track of the rows that are touched.
  package func zeros() -> Self {
    var result = self
    result.visitParameters(
      ParameterVisitor { parameter, tensor, touched in
        tensor = Tensor(tensor.shape)
        touched = parameter.isTable ? TouchedRows(of: tensor.shape[0]) : nil
      })
    return result
  }

  /// Sets these gradients to zero.
  package mutating func reset() {
    visitParameters(
      ParameterVisitor { _, tensor, touched in
        tensor.overTouched(touched) { base, _, count in base.update(repeating: 0, count: count) }
        touched?.removeAll()
      })
  }

  /// The Euclidean norm of these gradients, all taken as one vector.
  package func norm(threads: Int = 1) -> Double {
    var sum = 0.0
    forEachParameter { parameter, tensor, touched in
      guard !parameter.isStatistic else { return }
      if let touched {
        let size = tensor.shape.count / max(1, tensor.shape[0])
        tensor.elements.withUnsafeBufferPointer { elements in
          guard let base = elements.baseAddress else { return }
          for row in touched.rows {
            sum += TrainingMath.sumOfSquares(base + row * size, count: size)
          }
        }
      } else {
        sum += TrainingMath.sumOfSquares(
          tensor.elements, count: tensor.shape.count, threads: threads)
      }
    }
    return sum.squareRoot()
  }

  /// Multiplies these gradients by a number.
  package mutating func scale(by factor: Float, threads: Int = 1) {
    visitParameters(
      ParameterVisitor { _, tensor, touched in
        tensor.overTouched(touched) { base, _, count in
          TrainingMath.add(base, scaledBy: factor - 1, count: count, into: base, threads: threads)
        }
      })
  }

  /// Shortens these gradients to the given norm where they are longer, as PyTorch's
  /// `clip_grad_norm_`.
  ///
  /// - Returns: the norm before.
  @discardableResult
  package mutating func clip(toNorm limit: Double, threads: Int = 1) -> Double {
    let norm = norm(threads: threads)
    if norm > limit { scale(by: Float(limit / (norm + 1e-6)), threads: threads) }
    return norm
  }
}

extension Tensor {
  /// Calls `body` with the memory of all elements at once, or of each touched row and its place.
  mutating func overTouched(
    _ touched: TouchedRows?,
    _ body: (_ base: UnsafeMutablePointer<Float>, _ place: Int, _ count: Int) -> Void
  ) {
    let size = shape.count / max(1, shape.rank == 0 ? 1 : shape[0])
    let count = shape.count
    elements.withUnsafeMutableBufferPointer { elements in
      guard let base = elements.baseAddress else { return }
      if let touched {
        for row in touched.rows { body(base + row * size, row * size, size) }
      } else {
        body(base, 0, count)
      }
    }
  }
}
