internal import CKernels

/// Pooling of feature maps, channels last, and the other steps between convolutions that have no
/// parameters. In all of them the batches and channels of input and output are equal.
package enum Pooling {
  /// The largest value under each window position; padding never wins.
  ///
  /// - Parameter ceilMode: rounds the output's extents up, as PyTorch's `ceil_mode` does.
  /// - Precondition: `output` has the extents that `window.outputSize` gives.
  package static func max(
    _ input: Activations, window: Window, ceilMode: Bool = false, into output: Activations,
    threads: Int = 1, kernels: Kernels = .best
  ) {
    check(input, window, ceilMode, output)
    overPixels(output, threads: threads, taps: window.kernel.height * window.kernel.width) {
      n, y, x, result in
      let (rows, columns) = spans(of: window, over: input, y, x)
      kernels.table.pointee.max_pixel(
        input.pixel(n, rows.first, columns.first), rows.count, columns.count,
        window.dilation.vertical * input.width * input.pixelStride,
        window.dilation.horizontal * input.pixelStride, input.channels, result)
    }
  }

  /// The mean under each window position.
  ///
  /// - Parameters:
  ///   - ceilMode: rounds the output's extents up, as PyTorch's `ceil_mode` does.
  ///   - includePadding: whether the divisor counts padding (but nothing beyond it), as PyTorch's
  ///     `count_include_pad` does.
  /// - Precondition: `output` has the extents that `window.outputSize` gives, and the dilation is
  ///   1.
  package static func average(
    _ input: Activations, window: Window, ceilMode: Bool = false, includePadding: Bool = true,
    into output: Activations, threads: Int = 1, kernels: Kernels = .best
  ) {
    check(input, window, ceilMode, output)
    precondition(window.dilation == (1, 1), "average pooling with dilation \(window.dilation)")
    overPixels(output, threads: threads, taps: window.kernel.height * window.kernel.width) {
      n, y, x, result in
      let (rows, columns) = spans(of: window, over: input, y, x)
      let divisor =
        includePadding
        ? rows.countWithPadding * columns.countWithPadding : rows.count * columns.count
      kernels.table.pointee.sum_pixel(
        input.pixel(n, rows.first, columns.first), rows.count, columns.count,
        input.width * input.pixelStride, input.pixelStride, input.channels, 1 / Float(divisor),
        result)
    }
  }

  /// Means over bins that divide the input into the output's extents: bin i of n over size s is
  /// [⌊i·s/n⌋, ⌈(i+1)·s/n⌉), as in PyTorch's `AdaptiveAvgPool2d`. An output of 1 × 1 is the global
  /// mean.
  package static func adaptiveAverage(
    _ input: Activations, into output: Activations, threads: Int = 1, kernels: Kernels = .best
  ) {
    precondition(
      input.batch == output.batch && input.channels == output.channels,
      "adaptive pooling from \(input) to \(output)")
    let taps = input.height * input.width / Swift.max(1, output.height * output.width)
    overPixels(output, threads: threads, taps: taps) { n, y, x, result in
      let top = y * input.height / output.height
      let bottom = ((y + 1) * input.height + output.height - 1) / output.height
      let left = x * input.width / output.width
      let right = ((x + 1) * input.width + output.width - 1) / output.width
      kernels.table.pointee.sum_pixel(
        input.pixel(n, top, left), bottom - top, right - left, input.width * input.pixelStride,
        input.pixelStride, input.channels, 1 / Float((bottom - top) * (right - left)), result)
    }
  }

  /// Which inputs along one axis lie under the window at one position.
  struct Span {
    let first: Int
    let count: Int
    /// Counting padding, too, but not what lies beyond it.
    let countWithPadding: Int

    init(
      _ position: Int, _ size: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int
    ) {
      let start = position * stride - padding
      let skipped = start < 0 ? (-start + dilation - 1) / dilation : 0
      first = start + skipped * dilation
      count = Swift.max(0, Swift.min(kernel - skipped, (size - first - 1) / dilation + 1))
      countWithPadding = Swift.min(start + kernel, size + padding) - start
    }
  }

  /// The rows and the columns of a map that lie under a position of the window.
  @inline(__always)
  static func spans(
    of window: Window, over map: Activations, _ y: Int, _ x: Int
  ) -> (rows: Span, columns: Span) {
    let padding = window.leadingPadding(height: map.height, width: map.width)
    return (
      Span(
        y, map.height, window.kernel.height, window.stride.vertical, padding.vertical,
        window.dilation.vertical),
      Span(
        x, map.width, window.kernel.width, window.stride.horizontal, padding.horizontal,
        window.dilation.horizontal)
    )
  }

  static func check(
    _ input: Activations, _ window: Window, _ ceilMode: Bool, _ output: Activations
  ) {
    let size = window.outputSize(height: input.height, width: input.width, ceil: ceilMode)
    precondition(
      input.batch == output.batch && input.channels == output.channels
        && size == (output.height, output.width), "pooling from \(input) to \(output)")
  }

  /// Calls `body` with batch index, row, column and memory of each pixel, rows shared out among
  /// threads.
  private static func overPixels(
    _ output: Activations, threads: Int, taps: Int,
    _ body: (Int, Int, Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    let rows = output.batch * output.height
    // Some 5 µs of work for each share.
    let work = output.pixels * output.channels * taps
    let shares = Swift.max(1, Swift.min(rows, 4 * threads, work >> 15))
    parallelFor(shares, threads: threads) { share in
      for row in share * rows / shares..<(share + 1) * rows / shares {
        for x in 0..<output.width {
          body(
            row / output.height, row % output.height, x,
            output.base + (row * output.width + x) * output.pixelStride)
        }
      }
    }
  }
}

extension Activations {
  /// The memory of one pixel.
  package func pixel(_ n: Int, _ y: Int, _ x: Int) -> UnsafeMutablePointer<Float> {
    base + ((n * height + y) * width + x) * pixelStride
  }

  /// self = activation(a + b), all of the same extents; self may be a or b.
  package func add(
    _ a: Activations, _ b: Activations, activation: Activation = .none, kernels: Kernels = .best
  ) {
    let bounds = activation.bounds
    overRows(of: a) { target, source, count in
      let place = source - UnsafePointer(a.base)
      let pixel = place / a.pixelStride
      kernels.table.pointee.add(
        source, b.base + pixel * b.pixelStride, count, bounds.lower, bounds.upper, target)
    }
  }

  /// Copies maps of the same extents into these.
  package func copy(_ source: Activations) {
    overRows(of: source) { target, source, count in target.update(from: source, count: count) }
  }

  /// Local response normalisation across channels (Krizhevsky et al. 2012, in PyTorch's form): self
  /// = input / (bias + alpha / size · Σ input²)^beta, where the sum runs over `size` channels from
  /// c - ⌊size/2⌋ on, those that exist.
  package func localResponseNorm(
    _ input: Activations, size: Int, alpha: Float = 1e-4, beta: Float = 0.75, bias: Float = 1,
    threads: Int = 1
  ) {
    precondition(
      pixels == input.pixels && channels == input.channels && base != input.base,
      "normalisation from \(input) to \(self)")
    parallelFor(height * batch, threads: threads) { row in
      for pixel in row * width..<(row + 1) * width {
        ck_local_response_norm(
          input.base + pixel * input.pixelStride, channels, size, alpha, beta, bias,
          base + pixel * pixelStride)
      }
    }
  }

  /// Rearranges planes `[batch, channels, height, width]` into these maps.
  package func fromPlanes(_ planes: UnsafePointer<Float>) {
    let area = height * width
    for n in 0..<batch {
      ck_transpose(
        planes + n * channels * area, channels, area, area, base + n * area * pixelStride,
        pixelStride)
    }
  }

  /// Rearranges these maps into planes `[batch, channels, height, width]`.
  package func toPlanes(_ planes: UnsafeMutablePointer<Float>) {
    let area = height * width
    for n in 0..<batch {
      ck_transpose(
        base + n * area * pixelStride, area, channels, pixelStride, planes + n * channels * area,
        area)
    }
  }

  /// Calls `body` with the memory of each run of floats that is contiguous both here and in
  /// `source`.
  private func overRows(
    of source: Activations,
    _ body: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
  ) {
    precondition(
      batch == source.batch && height == source.height && width == source.width
        && channels == source.channels, "maps \(source) for maps \(self)")
    for pixel in 0..<pixels {
      body(base + pixel * pixelStride, source.base + pixel * source.pixelStride, channels)
    }
  }
}
