import Foundation

/// A text whose words have the colour of what they say, on a terminal.
///
/// The colours can be read on light and dark ground: weak words are in a green or red of middle
/// lightness (4 to 1 or better against black and against white, WCAG 2), stronger ones in bold,
/// and the strongest in white on it.
struct ColouredText {
  private let text: ClassifiedText
  private let colours: Bool

  private static let plain = "\u{1B}[0m"
  /// Of the palette of 256: green #008700 and red #ff0000.
  private static let (green, red) = (28, 196)

  init(_ text: ClassifiedText, colours: Bool) {
    self.text = text
    self.colours = colours
  }

  var string: String {
    text.pieces.map { piece in
      let visible = Self.visible(piece.text)
      return colours ? Self.coloured(visible, piece.step) : visible
    }.joined()
  }

  /// “great +2.31, not −0.40”, the strongest first.
  var strongestWords: String {
    text.strongestWords(6).map { word in
      let text = Self.visible(word.text) + " " + Self.signed(word.leaning)
      return colours ? Self.coloured(text, word.leaning < 0 ? -1 : 1) : text
    }.joined(separator: ", ")
  }

  /// What the colours mean.
  static func legend(against: String, towards: String) -> String {
    let steps = (-3...3).map { $0 == 0 ? "■" : coloured("■", $0) }
    return "\(against) \(steps.joined(separator: " ")) \(towards)"
  }

  static func signed(_ logOdds: Double) -> String {
    (logOdds < 0 ? "−" : "+") + String(format: "%.2f", abs(logOdds))
  }

  private static func coloured(_ text: String, _ step: Int) -> String {
    guard step != 0 else { return text }
    let colour = step < 0 ? red : green
    let style =
      switch abs(step) {
      case 1: "38;5;\(colour)"
      case 2: "1;38;5;\(colour)"
      default: "1;38;5;231;48;5;\(colour)"
      }
    return "\u{1B}[\(style)m\(text)\(plain)"
  }

  /// On one line, and without what would move the cursor.
  private static func visible(_ text: String) -> String {
    TerminalText.line(
      String(
        String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\n" || $0 == "\t" ? " " : $0 })))
  }
}
