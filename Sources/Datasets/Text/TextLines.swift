/// A file of texts, one a line; blank lines stand between texts.
struct TextLines {
  let file: DatasetFile

  /// - Parameter label: of all of them; nil for none.
  /// - Throws: `DatasetError.malformed`.
  func read(into collector: inout TextCollector, label: String?) throws {
    try file.forEachLine { number, line in
      guard line.contains(where: { !$0.isWhitespace }) else { return }
      collector.add(
        line, target: label.map(LabelledText.Target.label),
        at: DatasetOrigin(file: file.name, place: .line(number)))
    }
  }
}
