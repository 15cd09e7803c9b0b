internal import Foundation
internal import SystemPackage

/// How texts and their labels stand in files.
package enum LabelledTextFormat: String, CaseIterable, Sendable {
  /// Columns with tabs between them, where quotes mean nothing, as SST-2's `sentence` and `label`;
  /// without a heading two columns, of which the last is the label.
  case tsv
  /// A table with a heading, where cells may be quoted.
  case csv
  /// JSON objects, one a line.
  case jsonl
  /// A text a line, in a file `NAME.pos` and one `NAME.neg`, as MR's `rt-polarity`; the folder of
  /// these, or one of them. Windows-1252, unless it is UTF-8, or UTF-16 with a byte order mark.
  case polarity
  /// A folder of folders of text files, as IMDB's `train`: a folder's name is the label of its
  /// files.
  case folder
  /// A text a line, in a file or in the text files of a folder, without labels.
  case text

  /// The format of what is at a path, where its name or its being a folder says.
  ///
  /// - Throws: `DatasetError` for a folder that cannot be read, or holds folders in its folders.
  init?(path: FilePath, needsLabels: Bool) throws {
    if path.isFolder {
      if PolarityFiles.isThere(in: path) {
        self = .polarity
      } else {
        self = try TextFolder(path: path).hasFolders || needsLabels ? .folder : .text
      }
      return
    }
    switch path.extension?.lowercased() {
    case "pos", "neg": self = .polarity
    case "tsv": self = .tsv
    case "csv": self = .csv
    case "jsonl", "ndjson": self = .jsonl
    case "txt" where !needsLabels: self = .text
    default: return nil
    }
  }

  /// The format of a file, where the first line that is not blank says.
  ///
  /// - Parameter needsLabels: whether lines of a text with a label are looked for.
  init(of file: DatasetFile, columns: TextColumns, needsLabels: Bool) {
    guard file.separatorLine == nil else {
      self = .csv
      return
    }
    let line = file.data.prefix(1 << 16).drop { "\r\n".utf8.contains($0) }
      .prefix { $0 != UInt8(ascii: "\n") }
    if line.first(where: { !" \t".utf8.contains($0) }) == UInt8(ascii: "{") {
      self = .jsonl
      return
    }
    let text = String(decoding: line, as: UTF8.self)
    func isHeading(_ separator: Character) -> Bool {
      let names = text.split(separator: separator, omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: "\" \r"))
      }
      return names.count > 1 && columns.isHeading(names)
    }
    if isHeading("\t") || needsLabels && line.contains(UInt8(ascii: "\t")) {
      self = .tsv
    } else {
      self = isHeading(",") || isHeading(";") ? .csv : .text
    }
  }
}
