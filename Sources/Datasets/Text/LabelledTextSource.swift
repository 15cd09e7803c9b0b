package import Foundation
package import SystemPackage

/// Where to read texts with labels, or texts alone, and how.
package struct LabelledTextSource: Sendable {
  /// A file or folder.
  package let path: FilePath
  /// Nil for what the path and the file show.
  package var format: LabelledTextFormat?
  /// The column of a table, or the member of an object, that holds the text; nil for the first that
  /// there is of `text`, `sentence`, `review` and `content`.
  package var textColumn: String?
  /// The one that holds the label; nil for the first that there is of `label`, `sentiment`,
  /// `polarity` and `class`.
  package var labelColumn: String?
  /// Between the columns of `csv`; nil for what its heading shows.
  package var separator: UInt8?

  package init(path: FilePath, format: LabelledTextFormat? = nil) {
    self.path = path
    self.format = format
  }

  /// The texts that have labels, which stay as they stand in the file.
  ///
  /// - Throws: `DatasetError` also where no text has a label.
  package func labelledTexts() throws -> TextContents<LabelledText> {
    try read(needsLabels: true).labelledTexts(of: String(decoding: path))
  }

  /// All texts, whether they have labels or not.
  ///
  /// - Throws: `DatasetError`.
  package func texts() throws -> TextContents<String> {
    try read(needsLabels: false).texts(of: String(decoding: path))
  }

  /// What a file of these contents says, wherever it is.
  ///
  /// - Precondition: the format is neither `polarity` nor `folder`.
  /// - Throws: `DatasetError` as `labelledTexts()`.
  package func labelledTexts(in data: Data) throws -> TextContents<LabelledText> {
    let file = try DatasetFile(repairing: data, name: String(decoding: path))
    var collector = TextCollector(needsLabels: true)
    try read(file, format, into: &collector)
    return try collector.labelledTexts(of: file.name)
  }

  private var columns: TextColumns { TextColumns(text: textColumn, label: labelColumn) }

  private func read(needsLabels: Bool) throws -> TextCollector {
    var collector = TextCollector(needsLabels: needsLabels)
    switch try format ?? LabelledTextFormat(path: path, needsLabels: needsLabels) {
    case .polarity: try PolarityFiles(path: path).read(into: &collector)
    case .folder: try TextFolder(path: path).readFolders(into: &collector)
    case .text where !needsLabels && path.isFolder:
      try TextFolder(path: path).readLines(into: &collector)
    case let format: try read(DatasetFile(repairing: path), format, into: &collector)
    }
    return collector
  }

  private func read(
    _ file: DatasetFile, _ format: LabelledTextFormat?, into collector: inout TextCollector
  ) throws {
    try file.refuseBinary()
    collector.reportRepairs(of: file)
    let format =
      format
      ?? LabelledTextFormat(of: file, columns: columns, needsLabels: collector.needsLabels)
    switch format {
    case .tsv:
      try TextTableFile(
        file: file, separator: UInt8(ascii: "\t"), hasQuotes: false, columns: columns
      ).read(into: &collector)
    case .csv:
      try TextTableFile(file: file, separator: separator, hasQuotes: true, columns: columns)
        .read(into: &collector)
    case .jsonl: try TextObjects(file: file, columns: columns).read(into: &collector)
    case .text:
      guard !collector.needsLabels else {
        throw DatasetError.malformed(
          path: file.name, place: .whole,
          reason: "there are no labels in it: it is neither a table of known columns, nor JSON "
            + "lines, nor texts with a tab and a label after each")
      }
      try TextLines(file: file).read(into: &collector, label: nil)
    case .polarity, .folder: preconditionFailure("these are not one file")
    }
  }
}
