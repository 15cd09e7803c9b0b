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

extension Activation {
  /// The way back from what a layer wrote through its activation to what it had before.
  ///
  /// - Parameters:
  ///   - outputGradient: the shape of the output.
  ///   - output: what the layer wrote.
  func backward(_ outputGradient: Tensor, output: Tensor, threads: Int) -> Tensor {
    precondition(
      outputGradient.shape == output.shape,
      "gradient \(outputGradient.shape) of outputs \(output.shape)")
    guard self != .none else { return outputGradient }
    return Tensor(uninitialized: output.shape) {
      ChannelMath.clampGradient(
        outputGradient.elements, output: output.elements, count: output.shape.count,
        activation: self, into: $0, threads: threads)
    }
  }
}

extension ActivationFunction {
  /// The function that a layer applies to its result; nil for none.
  init?(_ activation: Activation) {
    switch activation {
    case .none: return nil
    case .relu: self = .relu
    case .relu6: self = .relu6
    }
  }

  /// The gradient of the input from the function's result alone. Where the function has a corner,
  /// the gradient is 0, as in PyTorch.
  ///
  /// - Parameters:
  ///   - outputGradient: the shape of the output.
  ///   - output: what the function returned.
  package func backward(_ outputGradient: Tensor, output: Tensor) -> Tensor {
    precondition(
      outputGradient.shape == output.shape,
      "gradient \(outputGradient.shape) of outputs \(output.shape)")
    let count = output.shape.count
    return Tensor(uninitialized: output.shape) { result in
      output.elements.withUnsafeBufferPointer { y in
        outputGradient.elements.withUnsafeBufferPointer { gradient in
          guard let y = y.baseAddress, let gradient = gradient.baseAddress else { return }
          switch self {
          case .relu: for i in 0..<count { result[i] = y[i] > 0 ? gradient[i] : 0 }
          case .relu6:
            for i in 0..<count { result[i] = y[i] > 0 && y[i] < 6 ? gradient[i] : 0 }
          case .tanh: for i in 0..<count { result[i] = gradient[i] * (1 - y[i] * y[i]) }
          case .sigmoid: for i in 0..<count { result[i] = gradient[i] * y[i] * (1 - y[i]) }
          }
        }
      }
    }
  }
}
