extension RGBImage {
  /// What of a picture's colours can be strengthened or weakened; the results are those of Pillow
  /// 13's ImageEnhance.
  package enum Adjustment: CaseIterable, Sendable {
    /// Away from black.
    case brightness
    /// Away from the mean grey.
    case contrast
    /// Away from each pixel's own grey.
    case saturation
  }

  /// - Parameter factor: 1 leaves the picture as it is, 0 leaves only what the adjustment leads away
  ///   from.
  /// - Precondition: `factor` is finite and not negative.
  package mutating func adjust(_ adjustment: Adjustment, by factor: Float) {
    precondition(factor >= 0 && factor.isFinite, "an adjustment by \(factor)")
    let mean = adjustment == .contrast ? meanGrey : 0
    let count = pixels.count
    pixels.withUnsafeMutableBufferPointer { pixels in
      for start in stride(from: 0, to: count, by: 3) {
        let base =
          adjustment == .saturation
          ? Self.grey(pixels[start], pixels[start + 1], pixels[start + 2]) : mean
        for index in start..<start + 3 {
          // Pillow's Blend.c: single precision, cut off, not rounded.
          let value = Float(base) + factor * Float(Int32(pixels[index]) - base)
          pixels[index] = UInt8(max(0, min(255, value)))
        }
      }
    }
  }

  /// ITU-R 601-2 luma, in Pillow's fixed point (Convert.c, `L24`).
  private static func grey(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int32 {
    (Int32(red) * 19595 + Int32(green) * 38470 + Int32(blue) * 7471 + 0x8000) >> 16
  }

  private var meanGrey: Int32 {
    var sum = 0
    for start in stride(from: 0, to: pixels.count, by: 3) {
      sum += Int(Self.grey(pixels[start], pixels[start + 1], pixels[start + 2]))
    }
    return Int32(Double(sum) / Double(width * height) + 0.5)
  }

  /// - Precondition: the window lies within the picture and is not empty.
  package func part(_ window: PixelWindow) -> RGBImage {
    precondition(
      !window.x.isEmpty && !window.y.isEmpty && window.x.lowerBound >= 0
        && window.y.lowerBound >= 0 && window.x.upperBound <= width
        && window.y.upperBound <= height, "the window \(window) is no part of \(size)")
    if window.x.count == width && window.y.count == height { return self }
    var result: [UInt8] = []
    result.reserveCapacity(window.x.count * window.y.count * 3)
    for row in window.y {
      let start = (row * width + window.x.lowerBound) * 3
      result += pixels[start..<start + window.x.count * 3]
    }
    return RGBImage(width: window.x.count, height: window.y.count, pixels: result)
  }
}
