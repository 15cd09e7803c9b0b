internal import Foundation

/// Which columns of a table, or members of an object, hold a text and its label.
struct TextColumns {
  /// Where they are.
  struct Places {
    let text: Int
    /// Nil where it is not needed.
    let target: TargetPlace?
  }

  /// Where it stands what a text is.
  enum TargetPlace {
    case label(Int)
    /// A column for each label, with its probability.
    case probabilities([(label: String, column: Int)])
  }

  /// Nil for the first of `texts` that there is.
  var text: String?
  /// Nil for the first of `labels` that there is.
  var label: String?

  private static let texts = ["text", "sentence", "review", "content"]
  private static let labels = ["label", "sentiment", "polarity", "class"]
  /// What columns of probabilities are called, since others hold anything.
  private static let sentiments = ["negative", "neutral", "positive"]

  /// Whether a first row of these cells is a heading.
  func isHeading(_ cells: [String]) -> Bool {
    text != nil || label != nil || Self.index(of: text, or: Self.texts, in: cells) != nil
      || Self.index(of: label, or: Self.labels, in: cells) != nil
  }

  /// Where they are among columns of these names.
  ///
  /// - Throws: `DatasetError.malformed` where a column is missing, or both are one.
  func find(in names: [String], needsLabels: Bool, at origin: DatasetOrigin) throws -> Places {
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
    guard needsLabels else { return Places(text: text, target: nil) }
    if Self.index(of: label, or: Self.labels, in: names) == nil, label == nil,
      let probabilities = Self.probabilities(in: names)
    {
      return Places(text: text, target: .probabilities(probabilities))
    }
    let label = try column(label, or: Self.labels)
    guard text != label else {
      throw DatasetError.malformed(
        path: origin.file, place: origin.place,
        reason: "the column “\(names[text])” cannot be both text and label")
    }
    return Places(text: text, target: .label(label))
  }

  /// A column for each of two labels or more; nil where there are none.
  private static func probabilities(in names: [String]) -> [(label: String, column: Int)]? {
    let found = sentiments.compactMap { name in
      columnIndex(of: name, in: names).map { (label: name, column: $0) }
    }
    return found.count > 1 ? found : nil
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
