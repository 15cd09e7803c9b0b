import Datasets
import Foundation
import Sentiment
import SystemPackage

/// A table that is written again with what its texts feel like.
struct SentimentTable {
  let path: String
  let column: String
  let labeller: SentimentLabeller
  let keeper: SentimentKeeper?

  private static let columns = ["sentiment", "sentiment_probability"]
  /// The most that is held at once, in rows and in bytes of cells.
  private static let batch = (rows: 4_096, bytes: 8 << 20)

  /// - Returns: which rows have no result; cells without text do not count.
  /// - Throws: `DatasetError`, `FileError`, `StoreError`; `ReplacementError` where the output is the
  ///   table itself.
  func write(to destination: DestinationOptions, isQuiet: Bool) throws -> TextFailures {
    let input = path == "-" ? FilePath("/dev/stdin") : FilePath(argument: path)
    if path == "-" { _ = try standardInput() }
    let file = try destination.open(for: .table, inputs: [input])
    let table = try TextTable(path: input, column: column)
    for name in Self.columns where table.heading.contains(name) {
      throw FileError.malformed(path: path, reason: "it has a column “\(name)” already")
    }
    func write(_ row: [String], _ cells: [String]) throws {
      try file.write(line(row, cells, table.separator))
    }
    try write(table.heading, Self.columns)
    var failures = TextFailures()
    var blanks = 0
    var isAtEnd = false
    while !isAtEnd {
      var rows: [TextTable.Row] = []
      var bytes = 0
      while rows.count < Self.batch.rows, bytes < Self.batch.bytes {
        guard let row = try table.next() else {
          isAtEnd = true
          break
        }
        bytes += row.cells.reduce(0) { $0 + $1.utf8.count }
        rows.append(row)
      }
      let results = try labeller.classify(rows.map(\.text), explains: false)
      for (row, result) in zip(rows, results) {
        switch result {
        case .success(let text):
          try write(row.cells, [text.label, String(format: "%.4f", text.probability)])
        case .failure(let error):
          if error == .empty {
            blanks += 1
          } else {
            failures.add("\(path): line \(row.line): ", "\(error)")
          }
          try write(row.cells, ["", ""])
        }
      }
      try keeper?.keep(results.compactMap { try? $0.get() })
    }
    try file.finish()
    if blanks > 0, !isQuiet {
      note(
        "\(path): \(blanks) row\(blanks == 1 ? " has" : "s have") no text, and no sentiment")
    }
    return failures
  }

  /// Tables with tabs between their columns know no quotes.
  private func line(_ row: [String], _ cells: [String], _ separator: UInt8) -> String {
    let mark = String(decoding: [separator], as: UTF8.self)
    guard mark == "\t" else { return csvLine(cells, copied: row, separator: mark) }
    let added = cells.map { Table.escaped(SpreadsheetCell.guarded($0)) }
    return (row + added).joined(separator: mark) + "\n"
  }
}
