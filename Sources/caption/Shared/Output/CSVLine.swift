import Datasets
import Foundation

/// A row of separated values as RFC 4180 has them, with its end.
///
/// - Parameters:
///   - cells: no spreadsheet runs what is in them (see `SpreadsheetCell`).
///   - copied: cells of another table, which come first and as they are.
///   - separator: one ASCII character.
///   - end: what rows end with.
func csvLine(
  _ cells: [String], copied: [String] = [], separator: String = ",", end: String = "\r\n"
) -> String {
  (copied + cells.map(SpreadsheetCell.guarded)).map { quoted($0, separator) }
    .joined(separator: separator) + end
}

private func quoted(_ cell: String, _ separator: String) -> String {
  guard cell.utf8.contains(where: { [10, 13, 34].contains($0) || separator.utf8.first == $0 })
  else {
    return cell
  }
  return "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
}
