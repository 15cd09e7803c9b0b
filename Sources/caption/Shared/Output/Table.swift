import ArgumentParser
import Foundation

/// How commands print rows: columns in line on a terminal, tab-separated elsewhere, JSON if asked.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print one JSON object a line.")
  var json = false

  /// Prints rows, each with what JSON shows of it.
  ///
  /// - Parameters:
  ///   - columns: the names of the columns; on a terminal they stand above the rows.
  ///   - rows: cells as text, and the whole as JSON.
  /// - Throws: `FileError.notWritten`.
  func print<Row: Encodable>(
    columns: [String], rows: some Sequence<Row>, cells: (Row) -> [String]
  ) throws {
    if json {
      for row in rows { try printLine(jsonLine(row)) }
    } else {
      try printTable(columns: columns, rows: rows.lazy.map(cells))
    }
  }
}

/// Prints rows: columns in line on a terminal, under their names, tab-separated elsewhere.
///
/// - Throws: `FileError.notWritten`.
func printTable(columns: [String], rows: some Sequence<[String]>) throws {
  if standardOutputIsTerminal {
    let table = Table(columns: columns, rows: Array(rows), width: terminalWidth(STDOUT_FILENO))
    for line in table.lines { try printLine(line) }
  } else {
    for row in rows { try printLine(row.map(Table.escaped).joined(separator: "\t")) }
  }
}

/// Rows in columns of equal width.
struct Table {
  let columns: [String]
  let rows: [[String]]
  /// How many columns of a terminal a line may take.
  let width: Int

  /// The heading and the rows. The widest column gives way where a line would be too long.
  var lines: [String] {
    guard !rows.isEmpty else { return [] }
    let cells = ([columns.map { $0.uppercased() }] + rows).map { $0.map(TerminalText.line) }
    var widths = columns.indices.map { column in cells.map { Self.columns($0[column]) }.max() ?? 0 }
    let gaps = 2 * (columns.count - 1)
    while widths.reduce(gaps, +) > width,
      let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > 12
    {
      widths[widest] -= 1
    }
    return cells.map { row in
      let fitted = columns.indices.map { column in
        let text = Self.fitted(row[column], widths[column], isPath: columns[column] == "path")
        return text + String(repeating: " ", count: widths[column] - Self.columns(text))
      }
      let line = fitted.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// As much of a cell as fits, and an ellipsis for the rest. The end of a path tells more than its
  /// beginning.
  static func fitted(_ cell: String, _ width: Int, isPath: Bool = false) -> String {
    guard columns(cell) > width else { return cell }
    var rest = width - 1
    let kept = (isPath ? Array(cell.reversed()) : Array(cell)).prefix {
      rest -= columns($0)
      return rest >= 0
    }
    return isPath ? "…" + String(kept.reversed()) : String(kept) + "…"
  }

  /// How many columns of a terminal a text takes.
  static func columns(_ text: String) -> Int { text.reduce(0) { $0 + columns($1) } }

  /// Two for emoji and for what Unicode's East Asian Width (UAX 11) calls wide.
  private static func columns(_ character: Character) -> Int {
    let isWide = character.unicodeScalars.contains { scalar in
      scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) }
    }
    return isWide ? 2 : 1
  }

  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
    0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF,
    0x20000...0x3FFFD,
  ]

  /// A cell of tab-separated values: backslash, tab and line ends are written `\\`, `\t`, `\n`, `\r`.
  static func escaped(_ cell: String) -> String {
    guard cell.utf8.contains(where: { [9, 10, 13, 92].contains($0) }) else { return cell }
    var text = ""
    for scalar in cell.unicodeScalars {
      switch scalar {
      case "\\": text += #"\\"#
      case "\t": text += #"\t"#
      case "\n": text += #"\n"#
      case "\r": text += #"\r"#
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

/// Prints names and values: in line on a terminal, tab-separated elsewhere.
func printRows(_ rows: [(String, String)]) throws {
  let isTerminal = standardOutputIsTerminal
  let width = isTerminal ? (rows.map(\.0.count).max() ?? 0) + 2 : 0
  for (name, value) in rows {
    let gap = isTerminal ? String(repeating: " ", count: width - name.count) : "\t"
    try printLine(name + gap + (isTerminal ? TerminalText.line(value) : value))
  }
}
