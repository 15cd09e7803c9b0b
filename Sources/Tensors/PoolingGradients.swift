internal import CKernels

/// The ways back of pooling: each adds to the gradient of the input, laid out as the input was.
extension Pooling {
  /// Of equal largest values under a window the first takes all of its gradient, as in PyTorch.
  package static func maxGradient(
    _ outputGradient: Activations, input: Activations, window: Window, ceilMode: Bool = false,
    into gradient: Activations, threads: Int = 1, kernels: Kernels = .best
  ) {
    check(input, window, ceilMode, outputGradient)
    check(gradient, window, ceilMode, outputGradient)
    precondition(
      gradient.pixelStride == input.pixelStride, "gradient \(gradient) of \(input)")
    overPixels(of: outputGradient, threads: threads) { n, y, x, slope in
      let (rows, columns) = spans(of: window, over: input, y, x)
      kernels.table.pointee.max_pixel_gradient(
        input.pixel(n, rows.first, columns.first), rows.count, columns.count,
        window.dilation.vertical * input.width * input.pixelStride,
        window.dilation.horizontal * input.pixelStride, input.channels, slope,
        gradient.pixel(n, rows.first, columns.first))
    }
  }

  package static func averageGradient(
    _ outputGradient: Activations, window: Window, ceilMode: Bool = false,
    includePadding: Bool = true, into gradient: Activations, threads: Int = 1,
    kernels: Kernels = .best
  ) {
    check(gradient, window, ceilMode, outputGradient)
    overPixels(of: outputGradient, threads: threads) { n, y, x, slope in
      let (rows, columns) = spans(of: window, over: gradient, y, x)
      let divisor =
        includePadding
        ? rows.countWithPadding * columns.countWithPadding : rows.count * columns.count
      kernels.table.pointee.sum_pixel_gradient(
        rows.count, columns.count, gradient.width * gradient.pixelStride, gradient.pixelStride,
        gradient.channels, 1 / Float(divisor), slope,
        gradient.pixel(n, rows.first, columns.first))
    }
  }

  package static func adaptiveAverageGradient(
    _ outputGradient: Activations, into gradient: Activations, threads: Int = 1,
    kernels: Kernels = .best
  ) {
    precondition(
      gradient.batch == outputGradient.batch && gradient.channels == outputGradient.channels,
      "adaptive pooling from \(gradient) to \(outputGradient)")
    let (height, width) = (outputGradient.height, outputGradient.width)
    overPixels(of: outputGradient, threads: threads) { n, y, x, slope in
      let top = y * gradient.height / height
      let bottom = ((y + 1) * gradient.height + height - 1) / height
      let left = x * gradient.width / width
      let right = ((x + 1) * gradient.width + width - 1) / width
      kernels.table.pointee.sum_pixel_gradient(
        bottom - top, right - left, gradient.width * gradient.pixelStride, gradient.pixelStride,
        gradient.channels, 1 / Float((bottom - top) * (right - left)), slope,
        gradient.pixel(n, top, left))
    }
  }

  /// Calls `body` with batch index, row, column and memory of each pixel; images, whose windows do
  /// not overlap each other's, are shared out among threads.
  private static func overPixels(
    of maps: Activations, threads: Int, _ body: (Int, Int, Int, UnsafePointer<Float>) -> Void
  ) {
    parallelFor(maps.batch, threads: threads) { n in
      for y in 0..<maps.height {
        for x in 0..<maps.width { body(n, y, x, UnsafePointer(maps.pixel(n, y, x))) }
      }
    }
  }
}

extension Activations {
  /// The way back of `localResponseNorm`: adds to self, the gradient of the input.
  package func addLocalResponseNormGradient(
    _ outputGradient: Activations, input: Activations, size: Int, alpha: Float, beta: Float,
    bias: Float, threads: Int = 1
  ) {
    precondition(
      pixels == input.pixels && channels == input.channels && pixels == outputGradient.pixels
        && channels == outputGradient.channels,
      "normalisation of \(input), gradient \(outputGradient) to \(self)")
    parallelFor(height * batch, threads: threads) { row in
      let scratch = Scratch(count: 2 * channels)
      for pixel in row * width..<(row + 1) * width {
        ck_local_response_norm_gradient(
          input.base + pixel * input.pixelStride,
          outputGradient.base + pixel * outputGradient.pixelStride, channels, size, alpha, beta,
          bias, scratch.base, base + pixel * pixelStride)
      }
      scratch.free()
    }
  }
}
