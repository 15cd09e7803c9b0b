internal import Foundation

/// A table of texts and labels in columns that a heading names. Without quotes the heading may be
/// missing: then there are a text and its label.
struct TextTableFile {
  let file: DatasetFile
  /// Nil for what the heading shows.
  let separator: UInt8?
  let hasQuotes: Bool
  let columns: TextColumns

  /// - Throws: `DatasetError.malformed`.
  func read(into collector: inout TextCollector) throws {
    let separator = separator ?? TextTable.separator(of: file.data)
    var layout: Layout?
    try CSVRows.forEachRow(of: file, separator: separator, hasQuotes: hasQuotes) { row in
      if let layout {
        try read(row, layout, separator, into: &collector)
      } else if hasQuotes || row.cells.count > 2 || columns.isHeading(row.cells) {
        let origin = DatasetOrigin(file: file.name, place: .line(row.line))
        let (text, label) = try columns.find(
          in: row.cells, needsLabels: collector.needsLabels, at: origin)
        layout = Layout(count: row.cells.count, text: text, label: label)
      } else {
        let bare = Layout(count: 2, text: 0, label: collector.needsLabels ? 1 : nil)
        layout = bare
        try read(row, bare, separator, into: &collector)
      }
    }
  }

  private struct Layout {
    let count: Int
    let text: Int
    let label: Int?
  }

  private func read(
    _ row: CSVRows.Row, _ layout: Layout, _ separator: UInt8, into collector: inout TextCollector
  ) throws {
    let origin = DatasetOrigin(file: file.name, place: .line(row.line))
    var cells = row.cells
    let surplus = cells.count - layout.count
    if surplus > 0, layout.count <= 2 || layout.text == layout.count - 1 {
      // Only the text can have separators in it that are not quoted.
      let mark = String(decoding: [separator], as: UTF8.self)
      let text = layout.text...layout.text + surplus
      cells.replaceSubrange(text, with: [cells[text].joined(separator: mark)])
      collector.report(.brokenRow, at: origin, "the text has separators; read as one text")
    } else if row.isBroken {
      collector.report(.brokenRow, at: origin, "text follows a closing quote; kept with the cell")
    }
    guard cells.count == layout.count || !collector.needsLabels && cells.count > layout.text else {
      let isLabelMissing = cells.count <= layout.label ?? 0
      throw DatasetError.malformed(
        path: file.name, place: .line(row.line),
        reason: (isLabelMissing ? "there is no label: " : "")
          + "it has \(columnCount(cells.count)) where there should be \(layout.count)")
    }
    try collector.add(cells[layout.text], label: layout.label.map { cells[$0] }, at: origin)
  }
}

/// As in “1 column”.
func columnCount(_ count: Int) -> String { count == 1 ? "1 column" : "\(count) columns" }
