package import Foundation
internal import Imaging

/// Charts one above the other.
package struct Figure: Sendable {
  private static let width = 1000
  private static let chartHeight = 440

  private let title: String
  private let charts: [Chart]

  /// - Parameter title: what the figure shows, for those who cannot see it.
  package init(title: String, charts: [Chart]) {
    self.title = title
    self.charts = charts
  }

  /// The figure as an SVG file.
  package var svg: String {
    var canvas = SVGCanvas(width: Self.width, height: height, title: title)
    draw(on: &canvas)
    return canvas.document
  }

  /// The figure as a PNG file.
  ///
  /// - Throws: `ImagingError` if the font's picture cannot be read.
  package func png() throws -> Data {
    var canvas = try RasterCanvas(width: Self.width, height: height)
    draw(on: &canvas)
    return FigureFile.data(of: canvas.image)
  }

  private var height: Int { max(1, charts.count) * Self.chartHeight }

  private func draw(on canvas: inout some FigureCanvas) {
    for (index, chart) in charts.enumerated() {
      chart.draw(
        on: &canvas, top: Double(index * Self.chartHeight), width: Double(Self.width),
        height: Double(Self.chartHeight))
    }
  }
}
