internal import Foundation

/// A figure as an SVG file (Scalable Vector Graphics 1.1) that needs no other file.
package struct SVGCanvas: FigureCanvas {
  private let width: Int
  private let height: Int
  private let title: String
  private var elements: [String] = []

  /// - Parameter title: what the figure shows, for those who cannot see it.
  package init(width: Int, height: Int, title: String) {
    self.width = width
    self.height = height
    self.title = title
  }

  /// The file's text. The comment tells the drawings of this program from others.
  package var document: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
    viewBox="0 0 \(width) \(height)" role="img" font-family="DejaVu Sans, Verdana, sans-serif" \
    font-size="18">
    <!-- caption -->
    <title>\(Self.escaped(title))</title>
    <rect width="100%" height="100%" fill="#ffffff"/>
    \(elements.joined(separator: "\n"))
    </svg>

    """
  }

  package mutating func fill(_ polygon: [FigurePoint], _ color: FigureColor, opacity: Double) {
    elements.append(
      "<polygon points=\"\(Self.list(polygon))\" fill=\"\(color.css)\" "
        + "fill-opacity=\"\(Self.number(opacity))\"/>")
  }

  package mutating func stroke(_ points: [FigurePoint], _ color: FigureColor, width: Double) {
    elements.append(
      "<polyline points=\"\(Self.list(points))\" fill=\"none\" stroke=\"\(color.css)\" "
        + "stroke-width=\"\(Self.number(width))\" stroke-linejoin=\"round\"/>")
  }

  package mutating func write(
    _ text: String, at point: FigurePoint, _ anchor: TextAnchor, _ color: FigureColor
  ) {
    elements.append(
      "<text x=\"\(Self.number(point.x))\" y=\"\(Self.number(point.y))\" "
        + "text-anchor=\"\(anchor.rawValue)\" fill=\"\(color.css)\">\(Self.escaped(text))</text>")
  }

  private static func list(_ points: [FigurePoint]) -> String {
    points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
  }

  /// Hundredths of a pixel are more than enough.
  private static func number(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() ? String(format: "%.0f", rounded) : "\(rounded)"
  }

  private static func escaped(_ text: String) -> String {
    // XML has no control characters, and neither of the two last characters (XML 1.0, 2.2).
    let printable = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map {
          $0.properties.generalCategory == .control || (0xFFFE...0xFFFF).contains($0.value)
            ? " " : $0
        }))
    return printable.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(of: ">", with: "&gt;")
  }
}
