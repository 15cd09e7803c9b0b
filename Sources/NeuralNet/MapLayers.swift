internal import Tensors

extension Tensor {
  /// A new tensor of `shape`, written by `body` from this one; both `[batch, height, width,
  /// channels]`.
  func mapped(to shape: Shape, _ body: (_ input: Activations, _ output: Activations) -> Void)
    -> Tensor
  {
    precondition(
      self.shape.rank == 4 && shape.rank == 4, "feature maps of shapes \(self.shape) and \(shape)")
    var input = self
    var output = Tensor(shape)
    input.withActivations { input in output.withActivations { body(input, $0) } }
    return output
  }

  private mutating func withActivations(_ body: (Activations) -> Void) {
    let shape = shape
    elements.withUnsafeMutableBufferPointer { elements in
      guard let base = elements.baseAddress else { return }
      body(
        Activations(
          base, batch: shape[0], height: shape[1], width: shape[2], channels: shape[3]))
    }
  }

  /// The shape of what a window that keeps the channels makes of these feature maps.
  func shape(under window: Window, ceil: Bool) -> Shape {
    precondition(shape.rank == 4, "feature maps of shape \(shape)")
    let size = window.outputSize(height: shape[1], width: shape[2], ceil: ceil)
    return [shape[0], size.height, size.width, shape[3]]
  }
}
