internal import Foundation
internal import Imaging

/// Draws single lines of text onto a picture.
struct FigureText {
  /// All glyphs side by side; the red channel is the coverage.
  private let atlas: RGBImage
  /// The advance of each scalar's glyph as pixels of the atlas, between the overhangs of its cell.
  private let columns: [UInt32: Range<Int>]

  /// - Throws: `ImagingError` if the font's picture cannot be read.
  init() throws {
    let data = Data(base64Encoded: FigureFont.atlas) ?? Data()
    atlas = try ImageDecoder.decode(bytes: [UInt8](data), name: "the figure's font")
    var columns: [UInt32: Range<Int>] = [:]
    var left = 0
    for (scalar, advance) in zip(FigureFont.scalars, FigureFont.advances) {
      left += FigureFont.overhang
      columns[scalar] = left..<(left + advance)
      left += advance + FigureFont.overhang
    }
    self.columns = columns
  }

  /// Draws `text` in black, centred, cut off with an ellipsis where it is wider than
  /// `maximumWidth` pixels.
  func draw(_ text: String, on canvas: inout RGBImage, center: Int, top: Int, maximumWidth: Int) {
    var glyphs = text.precomposedStringWithCanonicalMapping.unicodeScalars.map(glyph)
    func width() -> Int { glyphs.reduce(0) { $0 + $1.count } }
    if width() > maximumWidth {
      while !glyphs.isEmpty, width() + glyph("…").count > maximumWidth { glyphs.removeLast() }
      glyphs.append(glyph("…"))
    }
    var left = center - width() / 2
    for columns in glyphs {
      draw(columns, on: &canvas, left: left, top: top)
      left += columns.count
    }
  }

  private func draw(_ columns: Range<Int>, on canvas: inout RGBImage, left: Int, top: Int) {
    let overhang = FigureFont.overhang
    for y in 0..<FigureFont.height where top + y < canvas.height {
      for offset in -overhang..<columns.count + overhang {
        let x = left + offset
        guard x >= 0 && x < canvas.width else { continue }
        let coverage = Int(atlas.pixels[3 * (y * atlas.width + columns.lowerBound + offset)])
        let place = 3 * ((top + y) * canvas.width + x)
        for channel in place..<place + 3 {
          canvas.pixels[channel] = UInt8(Int(canvas.pixels[channel]) * (255 - coverage) / 255)
        }
      }
    }
  }

  private func glyph(_ scalar: Unicode.Scalar) -> Range<Int> {
    columns[scalar.value] ?? columns[0xFFFD] ?? 0..<0
  }
}
