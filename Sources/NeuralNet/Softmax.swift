package import Tensors

/// exp(x) / Σ exp(x) along the last axis.
///
/// - Parameter input: any shape of rank 1 or more.
/// - Returns: the same shape; each row along the last axis sums to 1.
package func softmax(_ input: Tensor) -> Tensor {
  precondition(input.shape.rank > 0, "softmax of a tensor without axes")
  var output = input
  let count = input.shape[input.shape.rank - 1]
  output.elements.withUnsafeMutableBufferPointer { elements in
    guard let base = elements.baseAddress else { return }
    for row in stride(from: 0, to: elements.count, by: count) {
      VectorMath.softmax(base + row, count: count, into: base + row)
    }
  }
  return output
}
