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
  var elements: [Float] = []
  elements.reserveCapacity(pixels * channels)
  for pixel in 0..<pixels {
    for input in inputs {
      let count = input.shape[3]
      elements += input.elements[(pixel * count)..<((pixel + 1) * count)]
    }
  }
  return Tensor(Shape(inputs[0].shape.extents.dropLast() + [channels]), elements)
}
