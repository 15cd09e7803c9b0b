package import Tensors

/// A function applied to every element of a tensor.
package enum ActivationFunction: Sendable {
  /// max(0, x)
  case relu
  /// min(max(0, x), 6) (MobileNet; Howard et al. 2017, arXiv 1704.04861)
  case relu6
  case tanh
  /// 1 / (1 + exp(−x))
  case sigmoid

  /// - Parameter input: any shape.
  /// - Returns: the same shape.
  package func callAsFunction(_ input: Tensor) -> Tensor {
    var output = input
    output.elements.withUnsafeMutableBufferPointer { elements in
      guard let base = elements.baseAddress else { return }
      let count = elements.count
      switch self {
      case .relu: for index in 0..<count { base[index] = max(0, base[index]) }
      case .relu6: for index in 0..<count { base[index] = min(max(0, base[index]), 6) }
      case .tanh: VectorMath.tanh(base, count: count, into: base)
      case .sigmoid: VectorMath.sigmoid(base, count: count, into: base)
      }
    }
    return output
  }
}
