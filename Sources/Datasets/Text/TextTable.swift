internal import Foundation
package import SystemPackage

/// A table one column of which holds texts, read row by row. Cells may be quoted, unless there are
/// tabs between them; in UTF-16, as Excel writes tabs, they may be all the same.
package final class TextTable {
  package struct Row: Equatable, Sendable {
    /// The line that it begins on, from 1.
    package let line: Int
    /// As many as the heading has, unless there is a fault.
    package let cells: [String]
    /// The cell of the column that was asked for; blank where there is a fault.
    package let text: String
    /// The cell of the column of labels; nil where none was asked for, or there is a fault.
    package let label: String?
    /// Why nobody can tell which cell belongs to which column.
    package let fault: String?
    /// Whether a cell is neither what the table is nor UTF-8; it was read as Windows-1252.
    package let isRepaired: Bool
  }

  /// The names of the columns, as they stand in the file.
  package private(set) var heading: [String] = []
  /// The index of the column that was asked for.
  package private(set) var column = 0
  private var labelColumn: Int?
  /// What stands between the columns; a comma where there is one column.
  package let separator: UInt8
  /// Whether double quotes mean anything.
  package let hasQuotes: Bool
  /// The line that stands before the heading and names the separator, without its end.
  package let separatorLine: String?
  /// How the file ends its lines; nil where the heading is all that there is.
  package let lineEnd: String?
  /// How the file is written.
  package var encoding: TextEncoding { pieces.encoding }
  /// Whether the file begins with a byte order mark.
  package var hasMark: Bool { pieces.hasMark }

  private let pieces: TextPieces
  private var rows: CSVRows
  /// What has been read and not yet been given away, the next row last.
  private var pending: [CSVRows.Row] = []
  private var isAtEnd = false

  /// Opens the table and reads its heading.
  ///
  /// - Parameters:
  ///   - path: of a file or pipe of text.
  ///   - column: what the column is called.
  ///   - label: what the column of labels is called; nil for none.
  ///   - separator: between columns; nil for what the first line shows.
  /// - Throws: `DatasetError` also where there is no such column, or more than one.
  package init(
    path: FilePath, column: String, label: String? = nil, separator: UInt8? = nil
  ) throws {
    pieces = try TextPieces(path: path)
    let (name, isUTF16) = (pieces.name, ![.utf8, .windows1252].contains(pieces.encoding))
    var found: [CSVRows.Row] = []
    var isAtEnd = false
    let start = try pieces.next { bytes, isLast in
      isAtEnd = isLast
      let line = SeparatorLine(of: bytes)
      let table = UnsafeRawBufferPointer(rebasing: bytes[(line?.length ?? 0)...])
      let end = table.firstIndex(of: UInt8(ascii: "\n"))
      guard !table[..<(end ?? table.endIndex)].contains(0) else {
        throw DatasetError.malformed(
          path: name, place: .line(line == nil ? 1 : 2),
          reason: "it is not text but binary data, or UTF-16 without a byte order mark; "
            + "save the table as CSV in UTF-8")
      }
      try refuseReturns(in: table, of: name)
      let shown = separator ?? line?.separator ?? Self.separator(of: table)
      let mark = shown ?? UInt8(ascii: ",")
      let hasQuotes = mark != UInt8(ascii: "\t") || isUTF16
      var rows = CSVRows(
        file: name, separator: shown ?? Self.noSeparator, hasQuotes: hasQuotes,
        firstLine: line == nil ? 1 : 2)
      try rows.read(table) { found.append($0) }
      if isLast { try rows.finish { found.append($0) } }
      let lineEnd = end.map { $0 > 0 && table[$0 - 1] == UInt8(ascii: "\r") ? "\r\n" : "\n" }
      let separatorLine = line.map { line in
        String(decoding: bytes[..<line.length], as: UTF8.self).filter { !$0.isNewline }
      }
      return (rows: rows, mark: mark, hasQuotes: hasQuotes, line: separatorLine, end: lineEnd)
    }
    (rows, self.separator, hasQuotes) = (start.rows, start.mark, start.hasQuotes)
    (separatorLine, lineEnd) = (start.line, start.end)
    (pending, self.isAtEnd) = (found.reversed(), isAtEnd)
    while heading.isEmpty, let row = try nextRow() {
      if !row.isBlank { try begin(row, column, label) }
    }
    guard !heading.isEmpty else {
      throw DatasetError.malformed(
        path: name, place: .whole, reason: "there is no heading in it")
    }
  }

  /// Takes a row for the heading.
  private func begin(_ row: CSVRows.Row, _ column: String, _ label: String?) throws {
    heading = row.cells
    func index(of column: String) throws -> Int {
      guard let index = columnIndex(of: column, in: heading) else {
        throw DatasetError.malformed(
          path: pieces.name, place: .line(row.line),
          reason: "there is no column “\(column)” among \(columnList(heading))")
      }
      guard heading[(index + 1)...].allSatisfy({ $0 != heading[index] }) else {
        throw DatasetError.malformed(
          path: pieces.name, place: .line(row.line),
          reason: "more than one column is called “\(heading[index])”")
      }
      return index
    }
    self.column = try index(of: column)
    labelColumn = try label.map(index)
    guard labelColumn != self.column else {
      throw DatasetError.malformed(
        path: pieces.name, place: .line(row.line),
        reason: "the column “\(heading[self.column])” cannot be both text and label")
    }
  }

  /// The next row; nil at the end. Blank lines are rows only where there is one column.
  ///
  /// - Throws: `DatasetError.malformed` where the rows behind cannot be told apart; `.readFailed`.
  package func next() throws -> Row? {
    while let row = try nextRow() {
      guard !row.isBlank || heading.count == 1 else { continue }
      let isWhole = row.cells.count == heading.count
      return Row(
        line: row.line, cells: row.cells, text: isWhole ? row.cells[column] : "",
        label: isWhole ? labelColumn.map { row.cells[$0] } : nil,
        fault: isWhole
          ? nil
          : "it has \(columnCount(row.cells.count)) where the heading has \(heading.count)",
        isRepaired: row.isRepaired)
    }
    return nil
  }

  private func nextRow() throws -> CSVRows.Row? {
    while pending.isEmpty, !isAtEnd {
      var found: [CSVRows.Row] = []
      try pieces.next { bytes, isLast in
        isAtEnd = isLast
        try rows.read(bytes) { found.append($0) }
        if isLast { try rows.finish { found.append($0) } }
      }
      pending = found.reversed()
    }
    return pending.popLast()
  }

  /// What stands between the columns of a table: whichever of tab, semicolon and comma its first
  /// line that is not blank has most of, outside of double quotes where it has some there; nil where
  /// it has none, and so one column.
  static func separator(of bytes: some Collection<UInt8>) -> UInt8? {
    let line = bytes.prefix(1 << 16).drop { "\r\n".utf8.contains($0) }
      .prefix { $0 != UInt8(ascii: "\n") }
    let cells = line.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
    let outside = cells.enumerated().filter { $0.offset % 2 == 0 }.flatMap(\.element)
    return mostFrequentSeparator(in: outside) ?? mostFrequentSeparator(in: line)
  }

  private static func mostFrequentSeparator(in bytes: some Collection<UInt8>) -> UInt8? {
    let counts = [UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: ",")].map { separator in
      (separator: separator, count: bytes.count { $0 == separator })
    }
    return counts.filter { $0.count > 0 }.max { $0.count < $1.count }?.separator
  }

  /// What stands between columns where there is one: no text has it, so that texts may have commas
  /// without quotes.
  static let noSeparator: UInt8 = 0
}
