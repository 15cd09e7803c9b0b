internal import Foundation

/// Rows of separated values as RFC 4180 has them: a cell in double quotes may hold separators, line
/// ends and, twice, double quotes.
struct CSVRows {
  struct Row: Equatable {
    /// The line that it begins on, from 1.
    let line: Int
    let cells: [String]
    /// Whether something follows a closing quote that does not belong there; it is kept.
    let isBroken: Bool
  }

  /// - Throws: `DatasetError.malformed` where a quote is never closed: what follows it cannot be
  ///   told apart.
  static func forEachRow(
    of file: DatasetFile, separator: UInt8, _ body: (Row) throws -> Void
  ) throws {
    try file.data.withUnsafeBytes { bytes in
      var cursor = Cursor(bytes: bytes, separator: separator)
      while cursor.position < bytes.count {
        guard let row = cursor.row() else {
          throw DatasetError.malformed(
            path: file.name, place: .line(cursor.quoteLine),
            reason: "a double quote opens there and is never closed")
        }
        if row.cells != [""] { try body(row) }
      }
    }
  }

  private struct Cursor {
    let bytes: UnsafeRawBufferPointer
    let separator: UInt8
    var position = 0
    var line = 1
    /// Where the last quoted cell began.
    var quoteLine = 1

    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")

    /// The next row; nil where it has no end.
    mutating func row() -> Row? {
      let first = line
      var cells: [String] = []
      var isBroken = false
      while true {
        var cell: [UInt8] = []
        if position < bytes.count, bytes[position] == Self.quote {
          guard quoted(&cell) else { return nil }
          let closed = cell.count
          plain(&cell)
          isBroken = isBroken || cell.count > closed
        } else {
          plain(&cell)
        }
        cells.append(String(decoding: cell, as: UTF8.self))
        guard position < bytes.count else { break }
        position += 1
        if bytes[position - 1] == Self.newline {
          line += 1
          break
        }
      }
      return Row(line: first, cells: cells, isBroken: isBroken)
    }

    /// A cell up to its closing quote.
    private mutating func quoted(_ cell: inout [UInt8]) -> Bool {
      quoteLine = line
      position += 1
      while position < bytes.count {
        let byte = bytes[position]
        position += 1
        if byte == Self.quote {
          guard position < bytes.count, bytes[position] == Self.quote else { return true }
          position += 1
        } else if byte == Self.newline {
          line += 1
        }
        cell.append(byte)
      }
      return false
    }

    /// What comes before the next separator or line end.
    private mutating func plain(_ cell: inout [UInt8]) {
      let start = position
      while position < bytes.count, bytes[position] != separator,
        bytes[position] != Self.newline
      { position += 1 }
      let isLineEnd = position == bytes.count || bytes[position] == Self.newline
      let hasReturn = isLineEnd && position > start && bytes[position - 1] == UInt8(ascii: "\r")
      cell += bytes[start..<(hasReturn ? position - 1 : position)]
    }
  }
}
