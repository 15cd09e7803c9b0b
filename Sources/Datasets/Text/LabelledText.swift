/// A text and what somebody says it is.
package struct LabelledText: Hashable, Sendable {
  package let text: String
  package let label: String

  package init(text: String, label: String) {
    self.text = text
    self.label = label
  }
}

/// Texts as files have them.
package struct TextContents<Text: Equatable & Sendable>: Equatable, Sendable {
  /// In the order of the files; none of them is blank.
  package let texts: [Text]
  /// What was wrong with the files, in their order.
  package let problems: [DatasetProblem]
}

extension TextContents<LabelledText> {
  /// The labels that there are, sorted.
  package var labels: [String] { Set(texts.lazy.map(\.label)).sorted() }
}
