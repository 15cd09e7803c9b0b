package import Imaging

/// A figure as a picture, with smooth edges.
package struct RasterCanvas: FigureCanvas {
  package private(set) var image: RGBImage
  private let text: FigureText

  /// How many lines of samples a row of pixels has; along a line, coverage is exact.
  private static let samples = 5

  /// - Throws: `ImagingError` if the font's picture cannot be read.
  package init(width: Int, height: Int) throws {
    image = RGBImage(
      width: width, height: height, pixels: [UInt8](repeating: 255, count: width * height * 3))
    text = try FigureText()
  }

  package mutating func fill(_ polygon: [FigurePoint], _ color: FigureColor, opacity: Double) {
    guard let top = polygon.map(\.y).min(), let bottom = polygon.map(\.y).max() else { return }
    let first = Int(max(0, top.rounded(.down)))
    let last = Int(min(Double(image.height), bottom.rounded(.up)))
    guard first < last else { return }
    for y in first..<last {
      var coverage = [Double](repeating: 0, count: image.width)
      for sample in 0..<Self.samples {
        let line = Double(y) + (Double(sample) + 0.5) / Double(Self.samples)
        let crossings = Self.crossings(of: polygon, at: line)
        for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
          Self.cover(crossings[pair], crossings[pair + 1], in: &coverage)
        }
      }
      for (x, sum) in coverage.enumerated() where sum > 0 {
        image.blend(color, coverage: min(1, sum / Double(Self.samples)) * opacity, x: x, y: y)
      }
    }
  }

  package mutating func stroke(_ points: [FigurePoint], _ color: FigureColor, width: Double) {
    for (start, end) in zip(points, points.dropFirst()) {
      let (x, y) = (end.x - start.x, end.y - start.y)
      let length = (x * x + y * y).squareRoot()
      guard length > 0 else { continue }
      // Longer by a little at both ends, so that corners close.
      let (alongX, alongY) = (x / length * width / 2, y / length * width / 2)
      fill(
        [
          FigurePoint(start.x - alongX - alongY, start.y - alongY + alongX),
          FigurePoint(end.x + alongX - alongY, end.y + alongY + alongX),
          FigurePoint(end.x + alongX + alongY, end.y + alongY - alongX),
          FigurePoint(start.x - alongX + alongY, start.y - alongY - alongX),
        ], color, opacity: 1)
    }
  }

  package mutating func write(
    _ text: String, at point: FigurePoint, _ anchor: TextAnchor, _ color: FigureColor
  ) {
    let width = self.text.width(of: text)
    let left =
      switch anchor {
      case .start: point.x
      case .middle: point.x - Double(width) / 2
      case .end: point.x - Double(width)
      }
    self.text.draw(
      text, on: &image, left: Int(left.rounded()), baseline: Int(point.y.rounded()), color: color)
  }

  /// Where a polygon's edges cross a line, from left to right.
  private static func crossings(of polygon: [FigurePoint], at y: Double) -> [Double] {
    var crossings: [Double] = []
    for (start, end) in zip(polygon, polygon.dropFirst() + polygon.prefix(1)) {
      guard (start.y <= y) != (end.y <= y) else { continue }
      crossings.append(start.x + (y - start.y) / (end.y - start.y) * (end.x - start.x))
    }
    return crossings.sorted()
  }

  /// Adds to each pixel of a line how much of it lies between two places.
  private static func cover(_ left: Double, _ right: Double, in coverage: inout [Double]) {
    let (left, right) = (max(0, left), min(Double(coverage.count), right))
    guard left < right else { return }
    for x in Int(left)..<Int(right.rounded(.up)) {
      coverage[x] += min(right, Double(x + 1)) - max(left, Double(x))
    }
  }
}
