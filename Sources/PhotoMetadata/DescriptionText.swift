internal import Files

/// The rules for texts that go into metadata.
package enum DescriptionText {
  /// IPTC-IIM 4.2 allows Caption/Abstract this many bytes.
  static let maximumIPTCBytes = 2000

  /// A text as it is written: without characters that XML forbids or that steer a terminal, with
  /// line feeds as line ends, and without blanks at its ends.
  package static func cleaned(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\r": scalars.append("\n")
      case "\n": if previous != "\r" { scalars.append("\n") }
      case "\t": scalars.append(scalar)
      case "\u{FFFE}", "\u{FFFF}": break
      default: if scalar.properties.generalCategory != .control { scalars.append(scalar) }
      }
      previous = scalar
    }
    return trimmed(String(scalars))
  }

  /// The beginning of a text that fits into IPTC, cut between characters as people see them.
  static func truncatedForIPTC(_ text: String) -> String {
    guard text.utf8.count > maximumIPTCBytes else { return text }
    var count = 0
    let end = text.indices.first {
      count += String(text[$0]).utf8.count
      return count > maximumIPTCBytes
    }
    return trimmed(String(text[..<(end ?? text.endIndex)]))
  }

  static func trimmed(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let isBlank: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace || $0 == "\0" }
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(scalars[first...last])
  }

  /// FNV-1a of 64 bits over the cleaned text: to tell whether a text is still the one that was
  /// written, not against people who want to deceive.
  static func hash(_ text: String) -> String {
    let value = StableHash.of64Bits(cleaned(text).utf8)
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
