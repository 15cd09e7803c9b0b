/// A place on a figure, in pixels from its upper left corner.
package struct FigurePoint: Equatable, Sendable {
  package var x: Double
  package var y: Double

  package init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// Which part of a text stands at the place that is given for it.
package enum TextAnchor: String, Sendable {
  case start, middle, end
}

/// What figures are drawn on.
package protocol FigureCanvas {
  /// Fills the inside of a polygon that does not cross itself.
  mutating func fill(_ polygon: [FigurePoint], _ color: FigureColor, opacity: Double)

  /// Draws a line through points.
  mutating func stroke(_ points: [FigurePoint], _ color: FigureColor, width: Double)

  /// Writes a line of text whose letters stand on `point`.
  mutating func write(
    _ text: String, at point: FigurePoint, _ anchor: TextAnchor, _ color: FigureColor)
}
