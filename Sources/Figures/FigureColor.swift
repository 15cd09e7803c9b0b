internal import Imaging

/// A colour in sRGB.
package struct FigureColor: Equatable, Sendable {
  package let red: UInt8
  package let green: UInt8
  package let blue: UInt8

  /// - Parameter hex: as `0xRRGGBB`.
  package init(_ hex: UInt32) {
    red = UInt8(hex >> 16 & 255)
    green = UInt8(hex >> 8 & 255)
    blue = UInt8(hex & 255)
  }

  /// As style sheets write it: `#d55e00`.
  package var css: String {
    "#"
      + [red, green, blue].map { value in
        let digits = String(value, radix: 16)
        return value < 16 ? "0" + digits : digits
      }.joined()
  }

  package static let black = FigureColor(0x000000)
  package static let grid = FigureColor(0xDDDDDD)
  package static let axis = FigureColor(0x555555)

  /// Colours that people with any colour vision can tell apart (Okabe & Ito 2008).
  package static let series: [FigureColor] = [
    0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000,
  ].map(FigureColor.init)

  /// The colour behind something in the colour itself: mixed with white.
  package var faint: FigureColor {
    func mixed(_ value: UInt8) -> UInt32 { UInt32(value) * 3 / 10 + 178 }
    return FigureColor(mixed(red) << 16 | mixed(green) << 8 | mixed(blue))
  }
}

extension RGBImage {
  /// Lays a colour over a pixel; `coverage` 0 leaves it as it is, 1 hides it.
  ///
  /// - Precondition: the pixel is within the picture.
  mutating func blend(_ color: FigureColor, coverage: Double, x: Int, y: Int) {
    let place = 3 * (y * width + x)
    for (channel, value) in [color.red, color.green, color.blue].enumerated() {
      let old = Double(pixels[place + channel])
      let new = old + (Double(value) - old) * coverage
      pixels[place + channel] = UInt8(min(max(new.rounded(), 0), 255))
    }
  }
}
