internal import Foundation
package import SystemPackage

/// A table one column of which holds texts, read row by row. Cells may be quoted, unless there are
/// tabs between them.
package final class TextTable {
  package struct Row: Equatable, Sendable {
    /// The line that it begins on, from 1.
    package let line: Int
    /// As many as the heading has.
    package let cells: [String]
    /// The cell of the column that was asked for.
    package let text: String
  }

  /// The names of the columns, as they stand in the file.
  package private(set) var heading: [String] = []
  /// The index of the column that was asked for.
  package private(set) var column = 0
  /// What stands between the columns.
  package let separator: UInt8
  private let file: FileReader
  private var rows: CSVRows
  /// What has been read and not yet been given away, the next row last.
  private var pending: [CSVRows.Row] = []
  private var isAtEnd = false
  private let buffer: UnsafeMutableRawBufferPointer

  /// Opens the table and reads its heading.
  ///
  /// - Parameters:
  ///   - path: of a file or pipe of UTF-8 text.
  ///   - column: what the column is called.
  ///   - separator: between columns; nil for what the heading shows.
  /// - Throws: `DatasetError` also where there is no such column, or more than one.
  package init(path: FilePath, column: String, separator: UInt8? = nil) throws {
    file = try FileReader(path: path)
    buffer = .allocate(byteCount: 1 << 16, alignment: 16)
    let count = try file.read(into: buffer)
    var first = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    if first.starts(with: [0xEF, 0xBB, 0xBF]) { first = .init(rebasing: first[3...]) }
    let separator = separator ?? Self.separator(of: first)
    self.separator = separator
    rows = CSVRows(
      file: file.name, separator: separator, hasQuotes: separator != UInt8(ascii: "\t"))
    try read(first, isAtEnd: count < buffer.count)
    guard let row = try nextRow() else {
      throw DatasetError.malformed(
        path: file.name, place: .whole, reason: "there is no heading in it")
    }
    heading = row.cells
    guard let index = columnIndex(of: column, in: heading) else {
      throw DatasetError.malformed(
        path: file.name, place: .line(row.line),
        reason: "there is no column “\(column)” among \(columnList(heading))")
    }
    guard heading[(index + 1)...].allSatisfy({ $0 != heading[index] }) else {
      throw DatasetError.malformed(
        path: file.name, place: .line(row.line),
        reason: "more than one column is called “\(heading[index])”")
    }
    self.column = index
  }

  deinit { buffer.deallocate() }

  /// The next row; nil at the end.
  ///
  /// - Throws: `DatasetError.malformed` also for a row that has not as many cells as the heading;
  ///   `.readFailed`.
  package func next() throws -> Row? {
    guard let row = try nextRow() else { return nil }
    guard row.cells.count == heading.count else {
      throw DatasetError.malformed(
        path: file.name, place: .line(row.line),
        reason: "it has \(columnCount(row.cells.count)) where the heading has \(heading.count)")
    }
    return Row(line: row.line, cells: row.cells, text: row.cells[column])
  }

  private func nextRow() throws -> CSVRows.Row? {
    while pending.isEmpty, !isAtEnd {
      let count = try file.read(into: buffer)
      try read(
        UnsafeRawBufferPointer(rebasing: buffer[..<count]), isAtEnd: count < buffer.count)
    }
    return pending.popLast()
  }

  private func read(_ bytes: UnsafeRawBufferPointer, isAtEnd: Bool) throws {
    var found: [CSVRows.Row] = []
    try rows.read(bytes) { found.append($0) }
    self.isAtEnd = isAtEnd
    if isAtEnd { try rows.finish { found.append($0) } }
    pending = found.reversed()
  }

  /// What stands between the columns of a table: whichever of tab, semicolon and comma its first
  /// line has most of, and a comma where it has none.
  static func separator(of bytes: some Collection<UInt8>) -> UInt8 {
    let line = bytes.prefix(1 << 16).prefix { $0 != UInt8(ascii: "\n") }
    let separators = [UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: ",")]
    return separators.max { one, other in
      line.count { $0 == one } < line.count { $0 == other }
    } ?? UInt8(ascii: ",")
  }
}
