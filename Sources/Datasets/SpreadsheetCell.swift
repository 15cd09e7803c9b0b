/// Cells of tables that come from strangers, as spreadsheets may be given them: these run what
/// begins like a formula.
///
/// Such a cell gets an apostrophe in front, which spreadsheets take for “this is text”; so does one
/// that has apostrophes before what would be a formula, so that taking one away gives it back
/// (OWASP, CSV Injection).
package enum SpreadsheetCell {
  /// A cell that no spreadsheet runs. Plain numbers stay numbers, negative ones, too.
  package static func guarded(_ cell: String) -> String {
    isFormula(cell) && !isNumber(cell) ? "'" + cell : cell
  }

  /// The cell that was guarded; others stay as they are.
  package static func unguarded(_ cell: String) -> String {
    cell.utf8.first == UInt8(ascii: "'") && isFormula(cell) ? String(cell.dropFirst()) : cell
  }

  /// Whether one of the characters that formulas begin with comes first, or after apostrophes.
  private static func isFormula(_ cell: String) -> Bool {
    cell.unicodeScalars.first { $0 != "'" }.map { beginnings.contains($0) } ?? false
  }

  /// The last ones are the full-width forms of the first.
  private static let beginnings: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
  ]

  /// −1.5, 3e-05
  private static func isNumber(_ cell: String) -> Bool {
    guard cell.utf8.allSatisfy({ (48...57).contains($0) || "-.e".utf8.contains($0) }) else {
      return false
    }
    return Double(cell)?.isFinite ?? false
  }
}
