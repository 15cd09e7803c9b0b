internal import Figures
internal import Foundation
public import Imaging

/// A picture of where the decoder looked: the photo, then one panel per word, the photo lit where
/// that word's attention lay, the word under it (Xu et al. 2015, "Show, Attend and Tell",
/// arXiv 1502.03044, figures 2 and 5).
public struct AttentionFigure: Sendable {
  /// One word and its attention over the regions.
  public struct Panel: Sendable {
    public let word: String
    /// `[gridHeight · gridWidth]`, row by row, not negative.
    public let weights: [Float]

    public init(word: String, weights: [Float]) {
      self.word = word
      self.weights = weights
    }
  }

  private static let panelWidth = 240
  private static let gap = 14
  private static let margin = 20
  private static let labelHeight = 34

  /// Draws the figure.
  ///
  /// - Parameters:
  ///   - photo: the photo.
  ///   - view: the part of it that the model saw; some of the photo lies in it.
  ///   - gridHeight: rows of regions.
  ///   - gridWidth: columns of regions.
  ///   - panels: the words in their order.
  /// - Precondition: every panel has `gridHeight · gridWidth` weights.
  /// - Throws: `ImagingError` if the font's picture cannot be read.
  public static func draw(
    photo: RGBImage, view: ImagePreprocessor.View, gridHeight: Int, gridWidth: Int, panels: [Panel]
  ) throws -> RGBImage {
    let font = try FigureText()
    let small = photo.seen(through: view, width: panelWidth, greatestHeight: 4 * panelWidth)
    let panelHeight = small.height
    let count = panels.count + 1
    // Somewhat wider than high, as a page is.
    let columns = max(1, Int((1.6 * Double(count)).squareRoot().rounded(.up)))
    let rows = (count + columns - 1) / columns
    var canvas = RGBImage.white(
      width: 2 * margin + columns * (panelWidth + gap) - gap,
      height: 2 * margin + rows * (panelHeight + labelHeight))
    for index in 0..<count {
      let left = margin + index % columns * (panelWidth + gap)
      let top = margin + index / columns * (panelHeight + labelHeight)
      guard index > 0 else {
        canvas.paste(small, left: left, top: top)
        continue
      }
      let panel = panels[index - 1]
      precondition(
        panel.weights.count == gridHeight * gridWidth,
        "\(panel.weights.count) weights for \(gridHeight)×\(gridWidth) regions")
      let light = smooth(
        panel.weights, gridHeight: gridHeight, gridWidth: gridWidth, height: panelHeight,
        width: panelWidth)
      canvas.paste(lit(small, by: light), left: left, top: top)
      font.draw(
        panel.word, on: &canvas, center: left + panelWidth / 2, top: top + panelHeight + 4,
        maximumWidth: panelWidth)
    }
    return canvas
  }

  /// The photo, dark where `light` is 0 and a little brighter than itself where it is 1.
  private static func lit(_ photo: RGBImage, by light: [Float]) -> RGBImage {
    var result = photo
    for pixel in 0..<light.count {
      let weight = light[pixel]
      for channel in 3 * pixel..<3 * pixel + 3 {
        let value = Float(photo.pixels[channel]) * (0.25 + 0.6 * weight) + 90 * weight * weight
        result.pixels[channel] = UInt8(max(0, min(255, value.rounded())))
      }
    }
    return result
  }

  /// Weights over regions, spread smoothly over the pixels of a panel and scaled so that the
  /// brightest pixel is 1 and the darkest 0; all 0 where the weights are level.
  ///
  /// Each pixel takes the mean of all regions under a Gaussian of 0.6 regions' deviation.
  ///
  /// - Returns: `[height · width]`
  static func smooth(
    _ weights: [Float], gridHeight: Int, gridWidth: Int, height: Int, width: Int
  ) -> [Float] {
    let vertical = gaussianRows(height, over: gridHeight)
    let horizontal = gaussianRows(width, over: gridWidth)
    // [gridHeight, width] first, then [height, width].
    var rows = [Float](repeating: 0, count: gridHeight * width)
    for y in 0..<gridHeight {
      for x in 0..<width {
        for k in 0..<gridWidth {
          rows[y * width + x] += horizontal[x * gridWidth + k] * weights[y * gridWidth + k]
        }
      }
    }
    var result = [Float](repeating: 0, count: height * width)
    for y in 0..<height {
      for k in 0..<gridHeight {
        for x in 0..<width {
          result[y * width + x] += vertical[y * gridHeight + k] * rows[k * width + x]
        }
      }
    }
    guard let least = result.min(), let most = result.max(), most > least * 1.001 else {
      return [Float](repeating: 0, count: height * width)
    }
    return result.map { ($0 - least) / (most - least) }
  }

  /// `[pixels, cells]`: for each pixel the normalised Gaussian weights of the cells' centres.
  private static func gaussianRows(_ pixels: Int, over cells: Int) -> [Float] {
    var result: [Float] = []
    for pixel in 0..<pixels {
      let position = (Double(pixel) + 0.5) * Double(cells) / Double(pixels)
      let row = (0..<cells).map { cell in
        let distance = (position - Double(cell) - 0.5) / 0.6
        return exp(-distance * distance / 2)
      }
      let sum = row.reduce(0, +)
      result += row.map { Float($0 / sum) }
    }
    return result
  }
}

extension RGBImage {
  fileprivate static func white(width: Int, height: Int) -> RGBImage {
    RGBImage(
      width: width, height: height,
      pixels: [UInt8](repeating: 255, count: width * height * 3))
  }

  /// The rectangle that a model sees, scaled to a width and the height that goes with it, white
  /// where it reaches beyond the picture.
  ///
  /// What the picture has of the rectangle is cut out and scaled before the white comes to it: the
  /// whole rectangle of a long picture's letterbox would not fit into memory.
  fileprivate func seen(
    through view: ImagePreprocessor.View, width newWidth: Int, greatestHeight: Int
  ) -> RGBImage {
    let (left, viewWidth) = (Int(view.x.rounded()), max(1, Int(view.width.rounded())))
    let (top, viewHeight) = (Int(view.y.rounded()), max(1, Int(view.height.rounded())))
    let newHeight = max(
      1, min(greatestHeight, (newWidth * viewHeight + viewWidth / 2) / viewWidth))
    let columns = max(0, left)..<min(width, left + viewWidth)
    let rows = max(0, top)..<min(height, top + viewHeight)
    var part = RGBImage.white(width: columns.count, height: rows.count)
    part.paste(self, left: -columns.lowerBound, top: -rows.lowerBound)
    let small = part.resized(
      to: ImageSize(
        width: max(1, (newWidth * columns.count + viewWidth / 2) / viewWidth),
        height: max(1, (newHeight * rows.count + viewHeight / 2) / viewHeight)),
      filter: .lanczos)
    var result = RGBImage.white(width: newWidth, height: newHeight)
    result.paste(
      small, left: (columns.lowerBound - left) * newWidth / viewWidth,
      top: (rows.lowerBound - top) * newHeight / viewHeight)
    return result
  }

  /// Copies what fits of `other`, with its corner at (`left`, `top`).
  fileprivate mutating func paste(_ other: RGBImage, left: Int, top: Int) {
    let columns = max(0, -left)..<max(max(0, -left), min(other.width, width - left))
    for y in max(0, -top)..<max(max(0, -top), min(other.height, height - top)) {
      let source = 3 * (y * other.width + columns.lowerBound)
      let target = 3 * ((y + top) * width + columns.lowerBound + left)
      pixels.replaceSubrange(
        target..<target + 3 * columns.count,
        with: other.pixels[source..<source + 3 * columns.count])
    }
  }
}
