internal import Foundation

/// Collects texts, and what is wrong with them.
struct TextCollector {
  let needsLabels: Bool
  private var rows: [(text: String, target: LabelledText.Target?)] = []
  private var problems: [DatasetProblem] = []

  init(needsLabels: Bool) { self.needsLabels = needsLabels }

  mutating func report(
    _ kind: DatasetProblem.Kind, at origin: DatasetOrigin, _ detail: String
  ) {
    problems.append(DatasetProblem(kind, at: origin, detail))
  }

  /// Reports what the file's bytes had to be taken for.
  mutating func reportRepairs(of file: DatasetFile) { problems += file.repairs }

  /// - Parameter label: nil or blank where there is none.
  mutating func add(_ text: String, label: String?, at origin: DatasetOrigin) {
    let label = label?.trimmingCharacters(in: .whitespaces) ?? ""
    add(text, target: label.isEmpty ? nil : .label(label), at: origin)
  }

  /// - Parameter target: nil where there is none.
  mutating func add(_ text: String, target: LabelledText.Target?, at origin: DatasetOrigin) {
    guard text.contains(where: { !$0.isWhitespace }) else {
      report(.blankText, at: origin, "there is no text; left out")
      return
    }
    guard target != nil || !needsLabels else {
      report(.unlabelledText, at: origin, "there is no label; left out")
      return
    }
    rows.append((text, target))
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
    let labels = Set(rows.lazy.flatMap { $0.target?.labels ?? [] })
    let names = canonical ? CanonicalLabels.names(of: labels) : [:]
    let found = Set(labels.map { names[$0] ?? $0 })
    if let label = found.first, found.count == 1 {
      throw DatasetError.malformed(
        path: name, place: .whole,
        reason: "all its texts have the label “\(label.prefix(40))”: there is nothing to tell apart"
      )
    }
    let texts = rows.compactMap { row in
      row.target.map { LabelledText(text: row.text, target: $0.renamed(names)) }
    }
    return TextContents(texts: texts, problems: problems)
  }

  private func requireTexts(of name: String) throws {
    guard rows.isEmpty else { return }
    let problems = problems.filter { $0.kind != .otherEncoding }
    let kinds = Set(problems.map(\.kind))
    let reason =
      switch (kinds.first, kinds.count) {
      case (.blankText, 1): "all its texts are blank"
      case (.unlabelledText, 1): "none of its texts has a label"
      case (nil, _): "there are no texts in it"
      default: "there is no text in it that could be used"
      }
    // What was left out says more than that nothing is left.
    let first = problems.first { ![.blankText, .unlabelledText].contains($0.kind) }
    throw DatasetError.malformed(
      path: name, place: first?.origin.place ?? .whole, reason: first?.detail ?? reason)
  }
}
