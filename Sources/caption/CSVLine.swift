import Foundation

/// A row of comma-separated values as RFC 4180 has them, with its end.
func csvLine(_ cells: [String]) -> String {
  cells.map(quoted).joined(separator: ",") + "\r\n"
}

private func quoted(_ cell: String) -> String {
  guard cell.utf8.contains(where: { [10, 13, 34, 44].contains($0) }) else { return cell }
  return "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
}
