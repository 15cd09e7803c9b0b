extension FigureFont {
  private static let advanceOf = Dictionary(
    zip(scalars, advances), uniquingKeysWith: { first, _ in first })

  /// How wide a line of text is, in pixels; about, where it has letters that the font has not.
  static func width(of text: String) -> Double {
    text.unicodeScalars.reduce(0) { $0 + Double(advanceOf[$1.value] ?? 11) }
  }
}
