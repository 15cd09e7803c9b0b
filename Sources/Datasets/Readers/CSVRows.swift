internal import Foundation

/// Rows of separated values, found in bytes that come piece by piece. As RFC 4180 has it, a cell in
/// double quotes may hold separators, line ends and, twice, double quotes.
struct CSVRows {
  struct Row: Equatable {
    /// The line that it begins on, from 1.
    let line: Int
    let cells: [String]
    /// Whether something follows a closing quote that does not belong there; it is kept.
    let isBroken: Bool
    /// Whether a cell is not UTF-8; it was read as Windows-1252.
    let isRepaired: Bool

    /// Blank lines are rows of one cell without text.
    var isBlank: Bool { cells == [""] }
  }

  private enum State { case cellStart, plain, quoted, quoteInQuoted }

  /// What the file is called in errors.
  private let file: String
  private let separator: UInt8
  private let hasQuotes: Bool
  private var state = State.cellStart
  private var line: Int
  /// Where the last quoted cell began.
  private var quoteLine = 1
  private var rowLine: Int
  private var cells: [String] = []
  private var cell: [UInt8] = []
  /// How much of the cell stood in quotes, where any did.
  private var quotedBytes: Int?
  private var isBroken = false
  private var isRepaired = false
  /// Of the cells that are finished, each with what it takes beside its bytes.
  private var cellBytes = 0

  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")

  /// - Parameters:
  ///   - hasQuotes: whether double quotes mean anything.
  ///   - firstLine: the number of the line that the bytes begin with.
  init(file: String, separator: UInt8, hasQuotes: Bool, firstLine: Int) {
    self.file = file
    self.separator = separator
    self.hasQuotes = hasQuotes
    (line, rowLine) = (firstLine, firstLine)
  }

  /// Calls `body` with the rows of a whole file that are not blank. A first line that names the
  /// separator is no row.
  ///
  /// - Throws: `DatasetError.malformed` as `read(_:_:)` and `finish(_:)`; what `body` does.
  static func forEachRow(
    of file: DatasetFile, separator: UInt8, hasQuotes: Bool = true, _ body: (Row) throws -> Void
  ) throws {
    func rowThatIsNotBlank(_ row: Row) throws { if !row.isBlank { try body(row) } }
    let skipped = file.separatorLine?.length ?? 0
    var rows = CSVRows(
      file: file.name, separator: separator, hasQuotes: hasQuotes,
      firstLine: skipped == 0 ? 1 : 2)
    try file.data.withUnsafeBytes {
      try rows.read(.init(rebasing: $0[skipped...]), rowThatIsNotBlank)
    }
    try rows.finish(rowThatIsNotBlank)
  }

  /// Goes on with more bytes, and calls `body` with the rows that end in them.
  ///
  /// - Throws: `DatasetError.malformed` for a row longer than `DatasetFile.maximumLineBytes`; what
  ///   `body` does.
  mutating func read(_ bytes: UnsafeRawBufferPointer, _ body: (Row) throws -> Void) throws {
    var position = 0
    while position < bytes.count {
      switch state {
      case .cellStart:
        if hasQuotes, bytes[position] == Self.quote {
          state = .quoted
          quoteLine = line
          position += 1
        } else {
          state = .plain
        }
      case .quoted:
        let start = position
        while position < bytes.count, bytes[position] != Self.quote {
          if bytes[position] == Self.newline { line += 1 }
          position += 1
        }
        try append(bytes[start..<position])
        guard position < bytes.count else { return }
        state = .quoteInQuoted
        position += 1
      case .quoteInQuoted:
        if bytes[position] == Self.quote {
          cell.append(Self.quote)
          state = .quoted
          position += 1
        } else {
          quotedBytes = cell.count
          state = .plain
        }
      case .plain:
        let start = position
        while position < bytes.count, bytes[position] != separator,
          bytes[position] != Self.newline
        { position += 1 }
        try append(bytes[start..<position])
        guard position < bytes.count else { return }
        if bytes[position] == Self.newline {
          try endRow(body)
          line += 1
          rowLine = line
        } else {
          endCell()
        }
        position += 1
      }
    }
  }

  /// Ends the last row.
  ///
  /// - Throws: `DatasetError.malformed` where a quote is never closed, since what follows it cannot
  ///   be told apart; what `body` does.
  mutating func finish(_ body: (Row) throws -> Void) throws {
    switch state {
    case .cellStart where cells.isEmpty: return
    case .quoted:
      throw DatasetError.malformed(
        path: file, place: .line(quoteLine),
        reason: "a double quote opens there and is never closed")
    case .quoteInQuoted: quotedBytes = cell.count
    case .cellStart, .plain: break
    }
    try endRow(body)
  }

  private mutating func append(_ bytes: Slice<UnsafeRawBufferPointer>) throws {
    guard cellBytes + cell.count + bytes.count <= DatasetFile.maximumLineBytes else {
      let length = "longer than \(DatasetFile.maximumLineBytes >> 20) MiB"
      throw DatasetError.malformed(
        path: file, place: .line(state == .quoted ? quoteLine : rowLine),
        reason: state == .quoted
          ? "a double quote opens there, and what follows it is \(length)" : "it is \(length)")
    }
    cell.append(contentsOf: bytes)
  }

  private mutating func endCell() {
    if let quotedBytes { isBroken = isBroken || cell.count > quotedBytes }
    if let text = String(validating: cell, as: UTF8.self) {
      cells.append(text)
    } else {
      isRepaired = true
      cells.append(String(decoding: RepairedText(Data(cell), name: file).utf8, as: UTF8.self))
    }
    cellBytes += cell.count + MemoryLayout<String>.size
    cell.removeAll(keepingCapacity: true)
    quotedBytes = nil
    state = .cellStart
  }

  private mutating func endRow(_ body: (Row) throws -> Void) throws {
    if cell.count > quotedBytes ?? 0, cell.last == UInt8(ascii: "\r") { cell.removeLast() }
    endCell()
    let row = Row(line: rowLine, cells: cells, isBroken: isBroken, isRepaired: isRepaired)
    cells.removeAll(keepingCapacity: true)
    (isBroken, isRepaired) = (false, false)
    cellBytes = 0
    try body(row)
  }
}
