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
  package static let series: [FigureColor] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00]
    .map(FigureColor.init)
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
