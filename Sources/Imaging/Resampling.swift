internal import Foundation

/// How the samples around a place are weighted.
public enum ResamplingFilter: String, Codable, Sendable {
  case bilinear
  /// Keys' cubic convolution with a = −0.5.
  case bicubic
  /// A sinc windowed by a sinc, three lobes.
  case lanczos

  /// How far the filter reaches on either side, in pixels of the coarser of the two grids.
  var support: Double {
    switch self {
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The weight at distance `x`; the formulas are those of Pillow's Resample.c.
  func weight(_ x: Double) -> Double {
    let x = abs(x)
    guard x < support else { return 0 }
    switch self {
    case .bilinear: return 1 - x
    case .bicubic:
      let a = -0.5
      return x < 1
        ? ((a + 2) * x - (a + 3)) * x * x + 1
        : (((x - 5) * x + 8) * x - 4) * a
    case .lanczos:
      func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }
      return sinc(x) * sinc(x / 3)
    }
  }
}

/// A rectangle of whole pixels.
package struct PixelWindow: Hashable, Sendable {
  package let x: Range<Int>
  package let y: Range<Int>

  package init(x: Range<Int>, y: Range<Int>) {
    self.x = x
    self.y = y
  }
}

extension RGBImage {
  /// The picture at another size, antialiased, in the fixed-point arithmetic and order of Pillow
  /// 13's `Image.resize` (Resample.c): weights of 22 fractional bits; rounded to eight bits between
  /// the two passes.
  ///
  /// - Parameters:
  ///   - window: The part of the result that is wanted; all of it where this is nil. No more than
  ///     that part is computed.
  /// - Precondition: `size` contains `window`, which is not empty.
  package func resized(
    to size: ImageSize, window: PixelWindow? = nil, filter: ResamplingFilter
  ) -> RGBImage {
    let window = window ?? PixelWindow(x: 0..<size.width, y: 0..<size.height)
    precondition(
      !window.x.isEmpty && !window.y.isEmpty && window.x.lowerBound >= 0
        && window.y.lowerBound >= 0 && window.x.upperBound <= size.width
        && window.y.upperBound <= size.height,
      "the window \(window) is no part of \(size)")
    let isWhole = window.x.count == size.width && window.y.count == size.height
    if size == self.size && isWhole { return self }

    let columns = ResamplingWeights(
      from: width, to: size.width, window: window.x, filter: filter)
    let rows = ResamplingWeights(from: height, to: size.height, window: window.y, filter: filter)
    let lostRows = height - size.height
    let isRowsFirst = lostRows > 0 && lostRows > 2 * (width - size.width)
    // The first pass computes only what the second one will look at.
    return isRowsFirst
      ? rowsResampled(rows, columns: columns.source).columnsResampled(
        columns, rows: 0..<window.y.count, firstColumn: columns.source.lowerBound)
      : columnsResampled(columns, rows: rows.source, firstColumn: 0).rowsResampled(
        rows, columns: 0..<window.x.count, firstRow: rows.source.lowerBound)
  }

  /// Some rows with every pixel made of some in its row. Column 0 of this picture is the source's
  /// column `firstColumn`.
  private func columnsResampled(
    _ columns: ResamplingWeights, rows: Range<Int>, firstColumn: Int
  ) -> RGBImage {
    let count = rows.count * columns.spans.count * 3
    let result = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
      pixels.withUnsafeBufferPointer { source in
        if let source = source.baseAddress, let target = target.baseAddress {
          resampleColumns(
            source + (rows.lowerBound * width - firstColumn) * 3, stride: width * 3,
            rowCount: rows.count, columns, into: target)
        }
      }
      initialized = count
    }
    return RGBImage(width: columns.spans.count, height: rows.count, pixels: result)
  }

  /// Some columns with every pixel made of some in its column. Row 0 of this picture is the
  /// source's row `firstRow`.
  private func rowsResampled(
    _ rows: ResamplingWeights, columns: Range<Int>, firstRow: Int = 0
  ) -> RGBImage {
    let count = rows.spans.count * columns.count * 3
    let result = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
      pixels.withUnsafeBufferPointer { source in
        if let source = source.baseAddress, let target = target.baseAddress {
          resampleRows(
            source + (columns.lowerBound - firstRow * width) * 3, stride: width * 3,
            count: columns.count * 3, rows, into: target)
        }
      }
      initialized = count
    }
    return RGBImage(width: columns.count, height: rows.spans.count, pixels: result)
  }

  /// The picture at another size, each sample interpolated between its four neighbours without
  /// antialiasing, as TensorFlow 1's `resize_bilinear` with `align_corners=False` does it: column x
  /// of the result stands at x · width / newWidth of the source, not at pixel centres.
  ///
  /// - Returns: The samples of `window` as 0...255, unrounded, `[height, width, 3]`.
  func sampledBilinearly(to size: ImageSize, window: PixelWindow) -> [Float] {
    func neighbours(_ index: Int, from old: Int, to new: Int) -> (Int, Int, Float) {
      let position = Float(index) * (Float(old) / Float(new))
      let lower = min(Int(position), old - 1)
      return (lower, min(lower + 1, old - 1), position - Float(lower))
    }
    var result: [Float] = []
    result.reserveCapacity(window.x.count * window.y.count * 3)
    for y in window.y {
      let (top, bottom, down) = neighbours(y, from: height, to: size.height)
      for x in window.x {
        let (left, right, across) = neighbours(x, from: width, to: size.width)
        for channel in 0..<3 {
          func sample(_ row: Int, _ column: Int) -> Float {
            Float(pixels[(row * width + column) * 3 + channel])
          }
          let upper = sample(top, left) + (sample(top, right) - sample(top, left)) * across
          let lower = sample(bottom, left) + (sample(bottom, right) - sample(bottom, left)) * across
          result.append(upper + (lower - upper) * down)
        }
      }
    }
    return result
  }
}

/// For every column (or row) of a result the source columns that it is a weighted mean of.
private struct ResamplingWeights {
  /// Pillow's `PRECISION_BITS`: eight bits of sample, 22 of fraction, and two for overshoot.
  static let fractionalBits: Int32 = 32 - 8 - 2

  struct Span {
    /// The first source column.
    let start: Int
    let count: Int
    /// Where its weights begin in `weights`.
    let offset: Int
  }

  private(set) var spans: [Span] = []
  private(set) var weights: [Int32] = []

  /// All source columns that matter; never empty, as neither is the window.
  var source: Range<Int> {
    (spans.first?.start ?? 0)..<(spans.last.map { $0.start + $0.count } ?? 0)
  }

  init(from old: Int, to new: Int, window: Range<Int>, filter: ResamplingFilter) {
    let scale = Double(old) / Double(new)
    let filterScale = max(scale, 1)
    let inverseScale = 1 / filterScale
    let support = filter.support * filterScale
    spans.reserveCapacity(window.count)
    var exact: [Double] = []
    for index in window {
      let center = (Double(index) + 0.5) * scale
      let start = max(0, Int(center - support + 0.5))
      let end = min(old, Int(center + support + 0.5))
      exact.removeAll(keepingCapacity: true)
      var sum = 0.0
      for source in start..<end {
        let weight = filter.weight((Double(source) - center + 0.5) * inverseScale)
        exact.append(weight)
        sum += weight
      }
      spans.append(Span(start: start, count: end - start, offset: weights.count))
      for weight in exact {
        let scaled = (sum == 0 ? weight : weight / sum) * Double(1 << Self.fractionalBits)
        weights.append(Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5))
      }
    }
  }
}

/// Rounds a fixed-point sum to eight bits.
@inline(__always)
private func rounded(_ sum: Int32) -> UInt8 {
  UInt8(truncatingIfNeeded: max(0, min(255, sum >> ResamplingWeights.fractionalBits)))
}

/// One half, which turns the truncation of `rounded` into rounding.
private let half: Int32 = 1 << (ResamplingWeights.fractionalBits - 1)

/// Shrinks or stretches rows of RGB pixels; the result's rows lie one after another.
@inline(never)
private func resampleColumns(
  _ source: UnsafePointer<UInt8>, stride: Int, rowCount: Int, _ columns: ResamplingWeights,
  into target: UnsafeMutablePointer<UInt8>
) {
  columns.spans.withUnsafeBufferPointer { spans in
    columns.weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else { return }
      var output = target
      for y in 0..<rowCount {
        let row = source + y * stride
        for span in spans {
          var pixel = row + 3 * span.start
          let spanWeights = weights + span.offset
          var (red, green, blue) = (half, half, half)
          for k in 0..<span.count {
            let weight = spanWeights[k]
            red &+= Int32(pixel[0]) &* weight
            green &+= Int32(pixel[1]) &* weight
            blue &+= Int32(pixel[2]) &* weight
            pixel += 3
          }
          output[0] = rounded(red)
          output[1] = rounded(green)
          output[2] = rounded(blue)
          output += 3
        }
      }
    }
  }
}

/// Makes rows of `count` samples out of rows of the source; the result's lie one after another.
@inline(never)
private func resampleRows(
  _ source: UnsafePointer<UInt8>, stride: Int, count: Int, _ rows: ResamplingWeights,
  into target: UnsafeMutablePointer<UInt8>
) {
  withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { sums in
    guard let sums = sums.baseAddress else { return }
    for (y, span) in rows.spans.enumerated() {
      sums.update(repeating: half, count: count)
      for k in 0..<span.count {
        let row = source + (span.start + k) * stride
        let weight = rows.weights[span.offset + k]
        for i in 0..<count {
          sums[i] &+= Int32(row[i]) &* weight
        }
      }
      let output = target + y * count
      for i in 0..<count {
        output[i] = rounded(sums[i])
      }
    }
  }
}
