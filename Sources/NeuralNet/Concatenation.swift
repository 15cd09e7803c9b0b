package import Tensors

/// Feature maps after one another along the channels.
///
/// - Parameter inputs: `[batch, height, width, channels]`, alike but for the channels; at least one.
/// - Returns: `[batch, height, width, sum of the channels]`.
package func concatenated(_ inputs: [Tensor]) -> Tensor {
  precondition(
    inputs.allSatisfy {
      $0.shape.rank == 4
        && $0.shape.extents.dropLast() == inputs[0].shape.extents.dropLast()
    }, "feature maps \(inputs.map(\.shape)) cannot be concatenated")
  let channels = inputs.map { $0.shape[3] }.reduce(0, +)
  let pixels = inputs[0].shape.extents.dropLast().reduce(1, *)
  return Tensor(uninitialized: Shape(inputs[0].shape.extents.dropLast() + [channels])) { result in
    var target = result
    for input in inputs {
      let count = input.shape[3]
      input.elements.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress else { return }
        for pixel in 0..<pixels {
          (target + pixel * channels).update(from: source + pixel * count, count: count)
        }
      }
      target += count
    }
  }
}

/// The way back of `concatenated`: the gradients of its inputs.
///
/// - Parameters:
///   - gradient: `[batch, height, width, sum of the channels]`
///   - channels: of each input.
package func separated(_ gradient: Tensor, channels: [Int]) -> [Tensor] {
  let total = channels.reduce(0, +)
  precondition(
    gradient.shape.rank == 4 && gradient.shape[3] == total,
    "a gradient \(gradient.shape) for inputs of \(channels) channels")
  let pixels = gradient.shape.count / max(1, total)
  var first = 0
  return channels.map { count in
    defer { first += count }
    return Tensor(uninitialized: Shape(gradient.shape.extents.dropLast() + [count])) { result in
      gradient.elements.withUnsafeBufferPointer { gradient in
        guard let gradient = gradient.baseAddress else { return }
        for pixel in 0..<pixels {
          (result + pixel * count).update(from: gradient + pixel * total + first, count: count)
        }
      }
    }
  }
}
