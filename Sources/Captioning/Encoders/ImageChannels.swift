package import Tensors

extension Tensor {
  /// An image of red, green and blue with as many channels as a network has: its luminance by
  /// ITU-R BT.601 for a network of grey images, such as LeNet-5.
  ///
  /// - Parameter channels: 3 or 1.
  /// - Returns: `[channels, height, width]`.
  /// - Precondition: this is `[3, height, width]`.
  package func adapted(toChannels channels: Int) -> Tensor {
    precondition(shape.rank == 3 && shape[0] == 3, "an image of \(shape), not [3, …]")
    guard channels == 1 else { return self }
    let count = shape[1] * shape[2]
    let grey = (0..<count).map {
      0.299 * elements[$0] + 0.587 * elements[count + $0] + 0.114 * elements[2 * count + $0]
    }
    return Tensor([1, shape[1], shape[2]], grey)
  }
}
