/// Text of strangers, such as file names, camera names and what files say, on its way to a person.
///
/// A terminal obeys control characters, and shows what follows a change of direction in another
/// order than it stands there. Such characters show as question marks, as “ls” shows them: one for
/// each, so that columns stay in line.
enum TerminalText {
  /// The text on one line.
  static func line(_ text: String) -> String { visible(text) { _ in false } }

  /// The text with its line ends and tabs.
  static func lines(_ text: String) -> String {
    let visible = visible(text) { ["\n", "\t", "\r"].contains($0) }
    // A carriage return within a line would let what follows be written over what was before.
    guard visible.utf8.contains(13) else { return visible }
    return visible.split(separator: "\r\n", omittingEmptySubsequences: false)
      .map { $0.replacing("\r", with: "?") }.joined(separator: "\r\n")
  }

  private static func visible(_ text: String, except stays: (Unicode.Scalar) -> Bool) -> String {
    // Nearly all text is plain.
    guard text.utf8.contains(where: { !(0x20..<0x7F).contains($0) }) else { return text }
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { isObeyed($0) && !stays($0) ? "?" : $0 }))
  }

  /// Control characters (C0, delete and C1), line and paragraph separators, and what changes the
  /// direction of writing (Unicode Bidirectional Algorithm, UAX 9, table 4 and 2.6).
  private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
