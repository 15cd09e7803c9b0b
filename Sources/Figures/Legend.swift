/// The names of a chart's series, laid out in as many lines as they need.
struct Legend {
  struct Item {
    let name: String
    /// Where it begins, from the legend's first baseline.
    let place: FigurePoint
  }

  let items: [Item]
  /// How much room the lines need below the first baseline's top, in pixels.
  let height: Double

  /// From a series' square of colour to its name.
  static let indent = 22.0
  private static let lineHeight = 26.0
  private static let gap = 28.0

  /// - Parameter width: where lines end, in pixels.
  init(_ names: [String], width: Double) {
    guard names.contains(where: { !$0.isEmpty }) else {
      (items, height) = ([], Self.lineHeight)
      return
    }
    var items: [Item] = []
    var place = FigurePoint(0, 0)
    for name in names {
      let needed = Self.indent + FigureFont.width(of: name)
      if place.x > 0, place.x + needed > width { place = FigurePoint(0, place.y + Self.lineHeight) }
      items.append(Item(name: name, place: place))
      place.x += needed + Self.gap
    }
    self.items = items
    height = place.y + Self.lineHeight
  }
}
