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
    try file.data.withUnsafeBytes { try refuseReturns(in: $0, of: file.name) }
    let separator =
      file.separatorLine?.separator ?? separator ?? TextTable.separator(of: file.data)
      ?? TextTable.noSeparator
    var layout: Layout?
    try CSVRows.forEachRow(of: file, separator: separator, hasQuotes: hasQuotes) { row in
      if let layout {
        try read(row, layout, separator, into: &collector)
      } else if hasQuotes || row.cells.count > 2 || columns.isHeading(row.cells) {
        let origin = DatasetOrigin(file: file.name, place: .line(row.line))
        layout = Layout(
          count: row.cells.count,
          places: try columns.find(
            in: row.cells, needsLabels: collector.needsLabels, at: origin))
      } else {
        let bare = Layout(
          count: 2,
          places: TextColumns.Places(text: 0, target: collector.needsLabels ? .label(1) : nil))
        layout = bare
        try read(row, bare, separator, into: &collector)
      }
    }
  }

  private struct Layout {
    let count: Int
    let places: TextColumns.Places

    var text: Int { places.text }
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
      collector.report(
        .brokenRow, at: origin,
        "it has \(columnCount(cells.count)) where there should be \(layout.count); left out")
      return
    }
    switch layout.places.target {
    case nil: collector.add(cells[layout.text], target: nil, at: origin)
    case .label(let column):
      collector.add(
        cells[layout.text],
        target: CanonicalLabels.label(in: cells[column]).map(LabelledText.Target.label),
        at: origin)
    case .probabilities(let columns):
      try collector.add(cells[layout.text], at: origin) {
        try LabelledText.Target(probabilities: columns.map { ($0.label, cells[$0.column]) })
      }
    }
  }
}

/// As in “1 column”.
func columnCount(_ count: Int) -> String { count == 1 ? "1 column" : "\(count) columns" }
