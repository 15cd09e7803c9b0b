import Datasets
import Foundation
import Sentiment
import SystemPackage

/// A table that is written again with what its texts feel like.
struct SentimentTable {
  let path: String
  let column: String
  /// The column of labels that the results are compared with.
  let labelColumn: String?
  /// The new columns are called this, and this with `_probability` behind it.
  let newColumn: String
  let labeller: SentimentLabeller
  let keeper: SentimentKeeper?

  /// The most that is held at once, in rows and in bytes of cells.
  private static let batch = (rows: 4_096, bytes: 8 << 20)

  /// What has no result, and what comes of the labels, where there are some.
  struct Outcome {
    /// Rows that cannot be read; cells without text do not count.
    var failures = TextFailures()
    var score: SentimentScore?
    fileprivate var blanks = 0
    fileprivate var repaired: (count: Int, first: Int) = (0, 0)
  }

  /// - Throws: `DatasetError`, `FileError`, `StoreError`; `ReplacementError` where the output is the
  ///   table itself.
  func write(to destination: DestinationOptions, isQuiet: Bool) throws -> Outcome {
    let input = path == "-" ? FilePath("/dev/stdin") : FilePath(argument: path)
    if path == "-" { _ = try standardInput() }
    let file = try destination.open(for: .table, inputs: [input])
    let table = try TextTable(path: input, column: column, label: labelColumn)
    let columns = [newColumn, newColumn + "_probability"]
    for name in columns where table.heading.contains(name) {
      throw FileError.malformed(
        path: path,
        reason: "it has a column “\(name)” already; --as NAME gives the new columns another name")
    }
    let line = TableLine(table)
    try file.write(line.beginning)
    try file.write(line.row(table.heading, columns))
    var outcome = Outcome(score: labelColumn.map { _ in SentimentScore(labeller) })
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
        try file.write(line.row(row.cells, enter(row, result, into: &outcome)))
      }
      try keeper?.keep(results.compactMap { try? $0.get() })
    }
    try file.finish()
    if !isQuiet { tell(outcome, table.encoding) }
    return outcome
  }

  /// The cells of a row's result.
  private func enter(
    _ row: TextTable.Row, _ result: Result<ClassifiedText, SentimentError>,
    into outcome: inout Outcome
  ) -> [String] {
    if row.isRepaired {
      if outcome.repaired.count == 0 { outcome.repaired.first = row.line }
      outcome.repaired.count += 1
    }
    let text = try? result.get()
    outcome.score?.add(row.label, text)
    if let text { return [text.label, String(format: "%.4f", text.probability)] }
    if let fault = row.fault {
      outcome.failures.add("\(path): line \(row.line): ", fault + "; it has no sentiment")
    } else if case .failure(let error) = result, error != .empty {
      outcome.failures.add("\(path): line \(row.line): ", "\(error)")
    } else {
      outcome.blanks += 1
    }
    return ["", ""]
  }

  /// What to do with a file of yet another encoding.
  static func otherEncodings(of path: String) -> String {
    let file = path == "-" ? "" : " \(path)"
    return "if it is another encoding, “iconv -f ENCODING -t UTF-8\(file)” makes UTF-8 of it"
  }

  private func tell(_ outcome: Outcome, _ encoding: TextEncoding) {
    if encoding == .windows1252 {
      note("\(path): it is not UTF-8; read as Windows-1252; " + Self.otherEncodings(of: path))
    }
    let (repaired, first) = outcome.repaired
    if repaired > 0 {
      let rows = repaired == 1 ? "line \(first) is" : "\(repaired) rows, from line \(first) on, are"
      note("\(path): \(rows) not UTF-8; read as Windows-1252")
    }
    let blanks = outcome.blanks
    if blanks > 0 {
      note(
        "\(path): \(blanks) row\(blanks == 1 ? " has" : "s have") no text, and no sentiment")
    }
  }
}

/// How the rows of a table are written again.
private struct TableLine {
  /// What stands before the heading.
  let beginning: String
  private let columns: Int
  private let separator: String
  private let hasQuotes: Bool
  private let end: String

  init(_ table: TextTable) {
    columns = table.heading.count
    separator = String(decoding: [table.separator], as: UTF8.self)
    hasQuotes = table.hasQuotes
    let end = table.lineEnd ?? (table.separator == UInt8(ascii: "\t") ? "\n" : "\r\n")
    self.end = end
    // Without the mark Excel takes what was UTF-16 or Windows-1252 for anything but UTF-8.
    beginning =
      (table.hasMark || table.encoding != .utf8 ? "\u{FEFF}" : "")
      + (table.separatorLine.map { $0 + end } ?? "")
  }

  /// A row's own cells as they are, and new ones, in their columns also where some are missing.
  func row(_ own: [String], _ new: [String]) -> String {
    let missing = max(0, columns - own.count)
    let own = missing == 0 ? own : own + [String](repeating: "", count: missing)
    guard !hasQuotes else { return csvLine(new, copied: own, separator: separator, end: end) }
    let added = new.map { Table.escaped(SpreadsheetCell.guarded($0)) }
    return (own + added).joined(separator: separator) + end
  }
}
