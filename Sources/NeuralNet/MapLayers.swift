internal import Tensors

extension Tensor {
  /// A new tensor of `shape`, written by `body` from this one; both `[batch, height, width,
  /// channels]`.
  func mapped(to shape: Shape, _ body: (_ input: Activations, _ output: Activations) -> Void)
    -> Tensor
  {
    precondition(shape.rank == 4, "feature maps of shape \(shape)")
    return Tensor(uninitialized: shape) { output in
      readAsMaps { body($0, Activations(output, shape)) }
    }
  }

  /// A new tensor of zeros of `shape`, added to by `body` from this one; both `[batch, height,
  /// width, channels]`.
  func scattered(
    to shape: Shape, _ body: (_ outputGradient: Activations, _ gradient: Activations) -> Void
  ) -> Tensor {
    mapped(to: shape) { input, output in
      output.base.update(repeating: 0, count: shape.count)
      body(input, output)
    }
  }

  /// Calls `body` with these feature maps, to be read only.
  func readAsMaps(_ body: (Activations) -> Void) {
    precondition(shape.rank == 4, "feature maps of shape \(shape)")
    elements.withUnsafeBufferPointer { elements in
      guard let base = elements.baseAddress else { return }
      body(Activations(UnsafeMutablePointer(mutating: base), shape))
    }
  }

  /// These feature maps `[batch, height, width, channels]` as planes `[batch, channels, height,
  /// width]`.
  func planes() -> Tensor {
    Tensor(uninitialized: [shape[0], shape[3], shape[1], shape[2]]) { result in
      readAsMaps { $0.toPlanes(result) }
    }
  }

  /// These planes `[batch, channels, height, width]` as feature maps `[batch, height, width,
  /// channels]`.
  func maps() -> Tensor {
    let shape: Shape = [shape[0], shape[2], shape[3], shape[1]]
    return Tensor(uninitialized: shape) { result in
      elements.withUnsafeBufferPointer { planes in
        guard let planes = planes.baseAddress else { return }
        Activations(result, shape).fromPlanes(planes)
      }
    }
  }

  /// The shape of what a window that keeps the channels makes of these feature maps.
  func shape(under window: Window, ceil: Bool) -> Shape {
    precondition(shape.rank == 4, "feature maps of shape \(shape)")
    let size = window.outputSize(height: shape[1], width: shape[2], ceil: ceil)
    return [shape[0], size.height, size.width, shape[3]]
  }
}

extension Activations {
  /// Dense feature maps `[batch, height, width, channels]`.
  init(_ base: UnsafeMutablePointer<Float>, _ shape: Shape) {
    self.init(base, batch: shape[0], height: shape[1], width: shape[2], channels: shape[3])
  }
}
