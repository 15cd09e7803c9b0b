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

  /// Adds a text, or reports what is wrong with it, so that the others are read all the same.
  ///
  /// - Parameter target: reads what the text is.
  /// - Throws: what `target` does, but for `TextFault`.
  mutating func add(
    _ text: String, at origin: DatasetOrigin, reading target: () throws -> LabelledText.Target?
  ) throws {
    do {
      add(text, target: try target(), at: origin)
    } catch let fault as TextFault {
      report(.brokenRow, at: origin, fault.reason + "; left out")
    }
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
  /// - Throws: `DatasetError.malformed` where there are none.
  func labelledTexts(of name: String) throws -> TextContents<LabelledText> {
    try requireTexts(of: name)
    let texts = rows.compactMap { row in
      row.target.map { LabelledText(text: row.text, target: $0) }
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
      path: first?.origin.file ?? name, place: first?.origin.place ?? .whole,
      reason: first?.detail ?? reason)
  }
}
