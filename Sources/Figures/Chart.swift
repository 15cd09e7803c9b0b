internal import Foundation

/// Lines and histograms over a common pair of axes.
package struct Chart: Sendable {
  package enum Mark: Sendable {
    case histogram(Histogram)
    /// Through points given as (x, y); a point that is no number breaks the line.
    case line([FigurePoint])
    /// A bold line through what is smoothed, over a faint one through what was measured.
    case trend(measured: [FigurePoint], smooth: [FigurePoint])
    /// Through few points, each with a dot.
    case dots([FigurePoint])
  }

  package struct Series: Sendable {
    package let name: String
    package let mark: Mark
    /// A value of the horizontal axis to mark with a line from top to bottom, as a mean is.
    package let marker: Double?

    package init(name: String, _ mark: Mark, marker: Double? = nil) {
      self.name = name
      self.mark = mark
      self.marker = marker
    }
  }

  package let title: String
  /// What is along the horizontal axis, and what along the vertical one.
  package let labels: (x: String, y: String)
  package let series: [Series]

  package init(title: String, x: String, y: String, series: [Series]) {
    self.title = title
    labels = (x, y)
    self.series = series
  }

  /// Draws the chart into a rectangle of a canvas.
  package func draw(
    on canvas: inout some FigureCanvas, top: Double, width: Double, height: Double
  ) {
    let legend = Legend(series.map(\.name), width: width - 120)
    let area = Area(
      left: 90, right: width - 30, top: top + 86 + legend.height, bottom: top + height - 64,
      x: Axis(showing: xValues, count: 8), y: Axis(showing: yValues, count: 5))
    canvas.write(title, at: FigurePoint(area.left, top + 36), .start, .black)
    drawAxes(area, on: &canvas)
    for (index, series) in series.enumerated() {
      draw(series, FigureColor.series[index % FigureColor.series.count], in: area, on: &canvas)
    }
    draw(legend, FigurePoint(area.left, top + 66), on: &canvas)
  }

  private func drawAxes(_ area: Area, on canvas: inout some FigureCanvas) {
    for tick in area.y.ticks {
      let y = area.point(area.x.lowest, tick).y
      canvas.stroke(
        [FigurePoint(area.left, y), FigurePoint(area.right, y)], .grid, width: 1)
      canvas.write(
        area.y.label(tick), at: FigurePoint(area.left - 10, y + 6), .end, .axis)
    }
    for tick in area.x.ticks {
      let x = area.point(tick, 0).x
      canvas.stroke(
        [FigurePoint(x, area.bottom), FigurePoint(x, area.bottom + 6)], .axis, width: 1)
      canvas.write(area.x.label(tick), at: FigurePoint(x, area.bottom + 26), .middle, .axis)
    }
    canvas.stroke(
      [FigurePoint(area.left, area.bottom), FigurePoint(area.right, area.bottom)], .axis, width: 1)
    // Beside the axes rather than turned, so that one need not tilt one's head.
    canvas.write(labels.y, at: FigurePoint(area.left, area.top - 14), .start, .axis)
    canvas.write(labels.x, at: FigurePoint(area.right, area.bottom + 52), .end, .axis)
  }

  private func draw(
    _ series: Series, _ color: FigureColor, in area: Area, on canvas: inout some FigureCanvas
  ) {
    switch series.mark {
    case .histogram(let histogram):
      var outline = [area.point(histogram.edges[0], 0)]
      for (index, count) in histogram.counts.enumerated() {
        outline.append(area.point(histogram.edges[index], Double(count)))
        outline.append(area.point(histogram.edges[index + 1], Double(count)))
      }
      outline.append(area.point(histogram.edges[histogram.edges.count - 1], 0))
      canvas.fill(outline, color, opacity: 0.25)
      canvas.stroke(outline, color, width: 2)
    case .line(let points):
      draw(points, color, width: 2, in: area, on: &canvas)
    case .trend(let measured, let smooth):
      draw(measured, color.faint, width: 1, in: area, on: &canvas)
      draw(smooth, color, width: 2.5, in: area, on: &canvas)
    case .dots(let points):
      draw(points, color, width: 2, in: area, on: &canvas)
      for point in points where canShow(point) {
        let center = area.point(point.x, point.y)
        let dot = (0..<12).map { corner in
          let angle = Double(corner) * .pi / 6
          return FigurePoint(center.x + 4.5 * cos(angle), center.y + 4.5 * sin(angle))
        }
        canvas.fill(dot, color, opacity: 1)
      }
    }
    if let marker = series.marker {
      let x = area.point(marker, 0).x
      for y in stride(from: area.top, to: area.bottom, by: 10) {
        canvas.stroke(
          [FigurePoint(x, y), FigurePoint(x, min(y + 6, area.bottom))], color, width: 2)
      }
    }
  }

  /// Draws a line that breaks where there is no number.
  private func draw(
    _ points: [FigurePoint], _ color: FigureColor, width: Double, in area: Area,
    on canvas: inout some FigureCanvas
  ) {
    for run in points.split(whereSeparator: { !canShow($0) }) {
      canvas.stroke(run.map { area.point($0.x, $0.y) }, color, width: width)
    }
  }

  private func canShow(_ point: FigurePoint) -> Bool {
    Axis.canShow(point.x) && Axis.canShow(point.y)
  }

  private func draw(_ legend: Legend, _ origin: FigurePoint, on canvas: inout some FigureCanvas) {
    for (index, item) in legend.items.enumerated() {
      let (left, baseline) = (origin.x + item.place.x, origin.y + item.place.y)
      let color = FigureColor.series[index % FigureColor.series.count]
      canvas.fill(
        [
          FigurePoint(left, baseline - 12), FigurePoint(left + 14, baseline - 12),
          FigurePoint(left + 14, baseline + 2), FigurePoint(left, baseline + 2),
        ], color, opacity: 1)
      canvas.write(
        item.name, at: FigurePoint(left + Legend.indent, baseline), .start, .black)
    }
  }

  private var xValues: [Double] {
    series.flatMap { series -> [Double] in
      switch series.mark {
      case .histogram(let histogram): histogram.edges
      case .line(let points), .dots(let points): points.map(\.x)
      case .trend(let measured, let smooth): (measured + smooth).map(\.x)
      }
    }
  }

  private var yValues: [Double] {
    series.flatMap { series -> [Double] in
      switch series.mark {
      case .histogram(let histogram): [0] + histogram.counts.map(Double.init)
      case .line(let points), .dots(let points): points.map(\.y)
      case .trend(let measured, let smooth): (measured + smooth).map(\.y)
      }
    }
  }
}

/// Where a chart's values lie on the canvas.
private struct Area {
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let x: Axis
  let y: Axis

  func point(_ x: Double, _ y: Double) -> FigurePoint {
    FigurePoint(
      left + self.x.position(of: x) * (right - left),
      bottom - self.y.position(of: y) * (bottom - top))
  }
}
