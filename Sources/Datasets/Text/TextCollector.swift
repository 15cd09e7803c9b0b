internal import Foundation

/// Collects texts, and what is wrong with them.
struct TextCollector {
  let needsLabels: Bool
  private var rows: [(text: String, label: String?)] = []
  private var problems: [DatasetProblem] = []

  init(needsLabels: Bool) { self.needsLabels = needsLabels }

  mutating func report(
    _ kind: DatasetProblem.Kind, at origin: DatasetOrigin, _ detail: String
  ) {
    problems.append(DatasetProblem(kind, at: origin, detail))
  }

  /// - Throws: `DatasetError.malformed` where the label is needed and missing.
  mutating func add(_ text: String, label: String?, at origin: DatasetOrigin) throws {
    var known: String?
    if needsLabels {
      known = label?.trimmingCharacters(in: .whitespaces)
      guard let known, !known.isEmpty else {
        throw DatasetError.malformed(
          path: origin.file, place: origin.place, reason: "there is no label")
      }
    }
    guard text.contains(where: { !$0.isWhitespace }) else {
      report(.blankText, at: origin, "there is no text; left out")
      return
    }
    rows.append((text, known))
  }

  /// The texts alone.
  ///
  /// - Parameter name: what all of them come from.
  /// - Throws: `DatasetError.malformed` where there are none.
  func texts(of name: String) throws -> TextContents<String> {
    try requireTexts(of: name)
    return TextContents(texts: rows.map(\.text), problems: problems)
  }

  /// - Parameter name: what all of them come from.
  /// - Throws: `DatasetError.malformed` where there are none, or all have the same label.
  func labelledTexts(of name: String, canonical: Bool) throws -> TextContents<LabelledText> {
    try requireTexts(of: name)
    let labels = Set(rows.compactMap(\.label))
    let names = canonical ? canonicalNames(of: labels) : [:]
    let found = Set(labels.map { names[$0] ?? $0 })
    if let label = found.first, found.count == 1 {
      throw DatasetError.malformed(
        path: name, place: .whole,
        reason: "all its texts have the label “\(label.prefix(40))”: there is nothing to tell apart"
      )
    }
    let texts = rows.compactMap { row in
      row.label.map { LabelledText(text: row.text, label: names[$0] ?? $0) }
    }
    return TextContents(texts: texts, problems: problems)
  }

  private func requireTexts(of name: String) throws {
    guard rows.isEmpty else { return }
    throw DatasetError.malformed(
      path: name, place: .whole,
      reason: problems.isEmpty ? "there are no texts in it" : "all its texts are blank")
  }
}

/// What common labels are called here: `negative`, `neutral`, `positive`. Numbers mean these only
/// where there are two of them, 0 and 1 or -1 and 1; others may count stars, or be anything.
private func canonicalNames(of labels: Set<String>) -> [String: String] {
  if labels == ["0", "1"] { return ["0": "negative", "1": "positive"] }
  if labels == ["-1", "1"] { return ["-1": "negative", "1": "positive"] }
  var names: [String: String] = [:]
  for label in labels {
    switch label.lowercased() {
    case "neg", "negative": names[label] = "negative"
    case "neutral": names[label] = "neutral"
    case "pos", "positive": names[label] = "positive"
    default: break
    }
  }
  return names
}
