internal import Foundation
package import Imaging

/// Draws single lines of text onto a picture.
package struct FigureText: Sendable {
  /// All glyphs side by side; the red channel is the coverage.
  private let atlas: RGBImage
  /// The advance of each scalar's glyph as pixels of the atlas, between the overhangs of its cell.
  private let columns: [UInt32: Range<Int>]

  /// - Throws: `ImagingError` if the font's picture cannot be read.
  package init() throws {
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
  package func draw(
    _ text: String, on canvas: inout RGBImage, center: Int, top: Int, maximumWidth: Int
  ) {
    var glyphs = glyphs(of: text)
    if width(glyphs) > maximumWidth {
      while !glyphs.isEmpty, width(glyphs) + glyph("…").count > maximumWidth {
        glyphs.removeLast()
      }
      glyphs.append(glyph("…"))
    }
    draw(glyphs, on: &canvas, left: center - width(glyphs) / 2, top: top, color: .black)
  }

  /// Draws all of `text`.
  ///
  /// - Parameters:
  ///   - left: where the text begins, in pixels.
  ///   - baseline: the row on which its letters stand.
  package func draw(
    _ text: String, on canvas: inout RGBImage, left: Int, baseline: Int, color: FigureColor
  ) {
    draw(
      glyphs(of: text), on: &canvas, left: left, top: baseline - FigureFont.baseline, color: color)
  }

  /// How many pixels wide a text is.
  package func width(of text: String) -> Int { width(glyphs(of: text)) }

  private func width(_ glyphs: [Range<Int>]) -> Int { glyphs.reduce(0) { $0 + $1.count } }

  private func draw(
    _ glyphs: [Range<Int>], on canvas: inout RGBImage, left: Int, top: Int, color: FigureColor
  ) {
    var left = left
    for columns in glyphs {
      draw(columns, on: &canvas, left: left, top: top, color: color)
      left += columns.count
    }
  }

  private func draw(
    _ columns: Range<Int>, on canvas: inout RGBImage, left: Int, top: Int, color: FigureColor
  ) {
    let overhang = FigureFont.overhang
    for y in 0..<FigureFont.height where (0..<canvas.height).contains(top + y) {
      for offset in -overhang..<columns.count + overhang {
        let x = left + offset
        guard x >= 0 && x < canvas.width else { continue }
        let coverage = atlas.pixels[3 * (y * atlas.width + columns.lowerBound + offset)]
        canvas.blend(color, coverage: Double(coverage) / 255, x: x, y: top + y)
      }
    }
  }

  private func glyphs(of text: String) -> [Range<Int>] {
    text.precomposedStringWithCanonicalMapping.unicodeScalars.map(glyph)
  }

  private func glyph(_ scalar: Unicode.Scalar) -> Range<Int> {
    columns[scalar.value] ?? columns[0xFFFD] ?? 0..<0
  }
}
