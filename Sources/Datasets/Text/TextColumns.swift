internal import Foundation

/// Which columns of a table, or members of an object, hold a text and its label.
struct TextColumns {
  /// Nil for the first of `texts` that there is.
  var text: String?
  /// Nil for the first of `labels` that there is.
  var label: String?

  private static let texts = ["text", "sentence", "review", "content"]
  private static let labels = ["label", "sentiment", "polarity", "class"]

  /// Whether a first row of these cells is a heading.
  func isHeading(_ cells: [String]) -> Bool {
    text != nil || label != nil || Self.index(of: text, or: Self.texts, in: cells) != nil
      || Self.index(of: label, or: Self.labels, in: cells) != nil
  }

  /// Where they are among columns of these names.
  ///
  /// - Returns: no label unless they are needed.
  /// - Throws: `DatasetError.malformed` where a column is missing, or both are one.
  func find(
    in names: [String], needsLabels: Bool, at origin: DatasetOrigin
  ) throws -> (text: Int, label: Int?) {
    func column(_ name: String?, or usual: [String]) throws -> Int {
      guard let index = Self.index(of: name, or: usual, in: names) else {
        let wanted = (name.map { [$0] } ?? usual).map { "“\($0)”" }.joined(separator: " or ")
        throw DatasetError.malformed(
          path: origin.file, place: origin.place,
          reason: "there is no column \(wanted) among \(columnList(names))")
      }
      return index
    }
    let text = try column(text, or: Self.texts)
    guard needsLabels else { return (text, nil) }
    let label = try column(label, or: Self.labels)
    guard text != label else {
      throw DatasetError.malformed(
        path: origin.file, place: origin.place,
        reason: "the column “\(names[text])” cannot be both text and label")
    }
    return (text, label)
  }

  private static func index(of name: String?, or usual: [String], in names: [String]) -> Int? {
    if let name { return columnIndex(of: name, in: names) }
    return usual.lazy.compactMap { columnIndex(of: $0, in: names) }.first
  }
}

/// The column of exactly that name, or else of that name but for the case of its letters and for
/// spaces around it.
func columnIndex(of name: String, in names: [String]) -> Int? {
  let plain = name.lowercased()
  return names.firstIndex(of: name)
    ?? names.firstIndex { $0.trimmingCharacters(in: .whitespaces).lowercased() == plain }
}

/// The names of columns, as far as a sentence can hold them.
func columnList(_ names: [String]) -> String {
  let shown = names.prefix(20).map { "“\($0.prefix(40))\($0.count > 40 ? "…" : "")”" }
  return (shown + (names.count > 20 ? ["…"] : [])).joined(separator: ", ")
}
