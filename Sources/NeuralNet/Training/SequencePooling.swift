package import Tensors

/// One vector for each sequence from the rows of all its steps.
package enum SequencePooling: String, Codable, CaseIterable, Sendable {
  case mean, max

  /// - Parameter input: `[layout.rows, size]`
  /// - Returns: `[layout.sequences, size]`, in the order in which the sequences were given; zeros
  ///   for a sequence without steps.
  package func callAsFunction(_ input: Tensor, _ layout: SequenceLayout) -> Tensor {
    precondition(
      input.shape.rank == 2 && input.shape[0] == layout.rows,
      "pooling of \(input.shape) in a layout of \(layout.rows) rows")
    let size = input.shape[1]
    var output = Tensor([layout.sequences, size])
    input.elements.withUnsafeBufferPointer { input in
      output.elements.withUnsafeMutableBufferPointer { output in
        guard let input = input.baseAddress, let output = output.baseAddress else { return }
        for place in layout.order.indices {
          let target = output + layout.order[place] * size
          let rows = layout.rows(ofPlace: place)
          for (step, row) in rows.enumerated() {
            let source = input + row * size
            switch self {
            case .mean:
              TrainingMath.add(
                source, scaledBy: 1 / Float(rows.count), count: size, into: target)
            case .max:
              for index in 0..<size where step == 0 || source[index] > target[index] {
                target[index] = source[index]
              }
            }
          }
        }
      }
    }
    return output
  }

  /// - Parameters:
  ///   - outputGradient: `[layout.sequences, size]`
  ///   - input: as in the call.
  /// - Returns: the gradient of the input; of equal largest values the first step takes it all.
  package func backward(
    _ outputGradient: Tensor, input: Tensor, _ layout: SequenceLayout
  ) -> Tensor {
    precondition(
      outputGradient.shape == [layout.sequences, input.shape[1]]
        && input.shape[0] == layout.rows,
      "gradient \(outputGradient.shape) of pooling of \(input.shape)")
    let size = input.shape[1]
    var gradient = Tensor(input.shape)
    gradient.elements.withUnsafeMutableBufferPointer { gradient in
      outputGradient.elements.withUnsafeBufferPointer { outputGradient in
        input.elements.withUnsafeBufferPointer { input in
          guard let gradient = gradient.baseAddress, let input = input.baseAddress,
            let outputGradient = outputGradient.baseAddress
          else { return }
          for place in layout.order.indices {
            let source = outputGradient + layout.order[place] * size
            let rows = layout.rows(ofPlace: place)
            switch self {
            case .mean:
              for row in rows {
                TrainingMath.add(
                  source, scaledBy: 1 / Float(rows.count), count: size,
                  into: gradient + row * size)
              }
            case .max:
              for index in 0..<size {
                // The first of equal ones.
                let largest = rows.max { input[$0 * size + index] < input[$1 * size + index] }
                if let largest { gradient[largest * size + index] = source[index] }
              }
            }
          }
        }
      }
    }
    return gradient
  }
}
