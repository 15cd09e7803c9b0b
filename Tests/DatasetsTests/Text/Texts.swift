import Datasets
import Foundation
import SystemPackage

/// What a file of that text says, called “t”.
func labelled(
  _ text: String, _ format: LabelledTextFormat? = nil,
  _ change: (inout LabelledTextSource) -> Void = { _ in }
) throws -> TextContents<LabelledText> {
  var source = LabelledTextSource(path: FilePath("t"), format: format)
  change(&source)
  return try source.labelledTexts(in: Data(text.utf8))
}

extension TextContents<LabelledText> {
  /// As in “label: text”.
  var rows: [String] { texts.map { "\($0.label): \($0.text)" } }

  var sentences: [String] { problems.map(\.sentence) }
}

/// What went wrong, in a sentence.
func failure(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}
