/// A view of feature maps in memory, channels last: `[batch, height, width, channels]`, where
/// neighbouring pixels stand `pixelStride` floats apart. A `pixelStride` above `channels` addresses
/// a slice of wider maps, which is how branches write into their concatenation without a copy.
///
/// The view does not own its memory; whoever made it keeps it alive.
package struct Activations {
  package let base: UnsafeMutablePointer<Float>
  package let batch: Int
  package let height: Int
  package let width: Int
  package let channels: Int
  package let pixelStride: Int

  package init(
    _ base: UnsafeMutablePointer<Float>, batch: Int, height: Int, width: Int, channels: Int,
    pixelStride: Int? = nil
  ) {
    self.base = base
    self.batch = batch
    self.height = height
    self.width = width
    self.channels = channels
    self.pixelStride = pixelStride ?? channels
  }

  package var pixels: Int { batch * height * width }
}

/// What a layer applies to its result before writing it.
package enum Activation: Int32, Sendable {
  case none, relu, relu6
}

/// The geometry of a two-dimensional window: convolution and pooling share it.
package struct Window: Equatable, Sendable {
  package var kernel: (height: Int, width: Int)
  package var stride: (vertical: Int, horizontal: Int)
  package var padding: (vertical: Int, horizontal: Int)
  package var dilation: (vertical: Int, horizontal: Int)

  package init(
    kernel: (height: Int, width: Int), stride: (vertical: Int, horizontal: Int) = (1, 1),
    padding: (vertical: Int, horizontal: Int) = (0, 0),
    dilation: (vertical: Int, horizontal: Int) = (1, 1)
  ) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
  }

  /// A square window.
  package init(_ kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1) {
    self.init(
      kernel: (kernel, kernel), stride: (stride, stride), padding: (padding, padding),
      dilation: (dilation, dilation))
  }

  package static func == (a: Window, b: Window) -> Bool {
    a.kernel == b.kernel && a.stride == b.stride && a.padding == b.padding
      && a.dilation == b.dilation
  }

  /// The number of window positions along both axes:
  /// `⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`.
  ///
  /// With `ceil`, rounded up, but never so far that the last window would start in the bottom or
  /// right padding (PyTorch's rule for `ceil_mode`). Zero where the window does not fit.
  package func outputSize(height: Int, width: Int, ceil: Bool = false) -> (height: Int, width: Int)
  {
    func extent(_ size: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int) -> Int {
      var span = size + 2 * padding - dilation * (kernel - 1) - 1
      if ceil { span += stride - 1 }
      guard span >= 0 else { return 0 }
      var count = span / stride + 1
      if ceil, (count - 1) * stride >= size + padding { count -= 1 }
      return count
    }
    return (
      extent(height, kernel.height, stride.vertical, padding.vertical, dilation.vertical),
      extent(width, kernel.width, stride.horizontal, padding.horizontal, dilation.horizontal)
    )
  }
}
