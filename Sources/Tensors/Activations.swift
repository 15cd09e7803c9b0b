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
  /// How far the window reaches beyond a map's edges.
  package enum Padding: Equatable, Sendable {
    /// As many rows above as below, as many columns on the left as on the right (PyTorch).
    case symmetric(vertical: Int, horizontal: Int)
    /// As many as make ⌈size / stride⌉ positions; if they cannot be shared out evenly, one more below
    /// and on the right (TensorFlow's `SAME`, `tensorflow/core/framework/kernel_shape_util.cc`).
    case same
  }

  package var kernel: (height: Int, width: Int)
  package var stride: (vertical: Int, horizontal: Int)
  package var padding: Padding
  package var dilation: (vertical: Int, horizontal: Int)

  package init(
    kernel: (height: Int, width: Int), stride: (vertical: Int, horizontal: Int) = (1, 1),
    padding: Padding = .none, dilation: (vertical: Int, horizontal: Int) = (1, 1)
  ) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
  }

  /// A square window.
  package init(_ kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1) {
    self.init(
      kernel, stride: stride, padding: .symmetric(vertical: padding, horizontal: padding),
      dilation: dilation)
  }

  /// A square window.
  package init(_ kernel: Int, stride: Int = 1, padding: Padding, dilation: Int = 1) {
    self.init(
      kernel: (kernel, kernel), stride: (stride, stride), padding: padding,
      dilation: (dilation, dilation))
  }

  package static func == (a: Window, b: Window) -> Bool {
    a.kernel == b.kernel && a.stride == b.stride && a.padding == b.padding
      && a.dilation == b.dilation
  }

  /// The number of window positions along both axes:
  /// `⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`, or `⌈size / stride⌉` with
  /// padding `same`.
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
    guard case .symmetric(let vertical, let horizontal) = padding else {
      return (
        (height + stride.vertical - 1) / stride.vertical,
        (width + stride.horizontal - 1) / stride.horizontal
      )
    }
    return (
      extent(height, kernel.height, stride.vertical, vertical, dilation.vertical),
      extent(width, kernel.width, stride.horizontal, horizontal, dilation.horizontal)
    )
  }

  /// How many rows above and columns on the left of a map of this size the first window begins.
  package func leadingPadding(height: Int, width: Int) -> (vertical: Int, horizontal: Int) {
    if case .symmetric(let vertical, let horizontal) = padding { return (vertical, horizontal) }
    func half(_ size: Int, _ count: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
      max(0, (count - 1) * stride + dilation * (kernel - 1) + 1 - size) / 2
    }
    let count = outputSize(height: height, width: width)
    return (
      half(height, count.height, kernel.height, stride.vertical, dilation.vertical),
      half(width, count.width, kernel.width, stride.horizontal, dilation.horizontal)
    )
  }
}

extension Window.Padding {
  package static let none = symmetric(vertical: 0, horizontal: 0)
}
