internal import CKernels

/// Batch normalisation's passes over feature maps `[pixels, channels]`, dense.
package enum ChannelMath {
  /// How many numbers one share of a loop has.
  private static let share = 1 << 16

  /// Calls `body` with ranges of pixels, shared out among threads; the ranges do not depend on how
  /// many threads there are.
  private static func overShares(
    _ pixels: Int, _ channels: Int, threads: Int,
    _ body: (_ index: Int, _ first: Int, _ count: Int) -> Void
  ) {
    let size = pixelsOfShare(channels)
    parallelFor((pixels + size - 1) / size, threads: threads) { index in
      body(index, index * size, min(size, pixels - index * size))
    }
  }

  private static func pixelsOfShare(_ channels: Int) -> Int {
    max(1, share / max(1, channels))
  }

  /// The sum of what each share of the pixels gives, in double precision.
  private static func sum(
    _ pixels: Int, _ channels: Int, threads: Int,
    _ body: (_ first: Int, _ count: Int, _ result: UnsafeMutablePointer<Float>) -> Void
  ) -> [Double] {
    let shares = (pixels + pixelsOfShare(channels) - 1) / pixelsOfShare(channels)
    let parts = AlignedBuffer(count: shares * channels)
    overShares(pixels, channels, threads: threads) { index, first, count in
      body(first, count, parts.base + index * channels)
    }
    return withExtendedLifetime(parts) {
      (0..<channels).map { channel in
        (0..<shares).reduce(0) { $0 + Double(parts.base[$1 * channels + channel]) }
      }
    }
  }

  /// Σ x of each channel.
  package static func sums(
    _ x: UnsafePointer<Float>, pixels: Int, channels: Int, threads: Int = 1,
    kernels: Kernels = .best
  ) -> [Double] {
    sum(pixels, channels, threads: threads) { first, count, result in
      kernels.table.pointee.add_rows(x + first * channels, count, channels, channels, result)
    }
  }

  /// Σ a · (b − shift) of each channel.
  package static func sums(
    _ a: UnsafePointer<Float>, times b: UnsafePointer<Float>, minus shift: [Float], pixels: Int,
    threads: Int = 1, kernels: Kernels = .best
  ) -> [Double] {
    let channels = shift.count
    return sum(pixels, channels, threads: threads) { first, count, result in
      kernels.table.pointee.add_row_products(
        a + first * channels, b + first * channels, shift, count, channels, result)
    }
  }

  /// Σ (x − shift)² of each channel.
  package static func squares(
    _ x: UnsafePointer<Float>, minus shift: [Float], pixels: Int, threads: Int = 1,
    kernels: Kernels = .best
  ) -> [Double] {
    let channels = shift.count
    return sum(pixels, channels, threads: threads) { first, count, result in
      kernels.table.pointee.add_row_products(
        x + first * channels, nil, shift, count, channels, result)
    }
  }

  /// result = activation(x · scale + shift + residual)
  package static func scale(
    _ x: UnsafePointer<Float>, by scale: [Float], plus shift: [Float],
    residual: UnsafePointer<Float>? = nil, pixels: Int, activation: Activation = .none,
    into result: UnsafeMutablePointer<Float>, threads: Int = 1, kernels: Kernels = .best
  ) {
    let channels = scale.count
    let bounds = activation.bounds
    overShares(pixels, channels, threads: threads) { _, first, count in
      let place = first * channels
      kernels.table.pointee.scale_rows(
        x + place, scale, shift, residual.map { $0 + place }, count, channels, bounds.lower,
        bounds.upper, result + place)
    }
  }

  /// result = a · aScale + b · bScale + shift
  package static func mix(
    _ a: UnsafePointer<Float>, by aScale: [Float], _ b: UnsafePointer<Float>,
    by bScale: [Float], plus shift: [Float], pixels: Int,
    into result: UnsafeMutablePointer<Float>, threads: Int = 1, kernels: Kernels = .best
  ) {
    let channels = shift.count
    overShares(pixels, channels, threads: threads) { _, first, count in
      let place = first * channels
      kernels.table.pointee.mix_rows(
        a + place, aScale, b + place, bScale, shift, count, channels, result + place)
    }
  }

  /// result = the gradient of a clamped value: the slope where `output` lies inside the bounds.
  package static func clampGradient(
    _ slope: UnsafePointer<Float>, output: UnsafePointer<Float>, count: Int,
    activation: Activation, into result: UnsafeMutablePointer<Float>, threads: Int = 1,
    kernels: Kernels = .best
  ) {
    let bounds = activation.bounds
    overShares(count, 1, threads: threads) { _, first, count in
      kernels.table.pointee.clamp_gradient(
        slope + first, output + first, count, bounds.lower, bounds.upper, result + first)
    }
  }
}
