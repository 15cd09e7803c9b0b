internal import Foundation

/// A text and what somebody says it is.
package struct LabelledText: Hashable, Sendable {
  package enum Target: Hashable, Sendable {
    case label(String)
    /// How likely each label is, as another model has it (Hinton et al. 2015, “Distilling the
    /// Knowledge in a Neural Network”, arXiv 1503.02531): two labels or more, from 0 to 1, all
    /// together 1.
    case probabilities([String: Double])
  }

  package let text: String
  package let target: Target

  package init(text: String, target: Target) {
    self.text = text
    self.target = target
  }

  /// The label, or the likeliest; of equally likely ones the first by name.
  package var label: String {
    switch target {
    case .label(let label): label
    case .probabilities(let probabilities):
      probabilities.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    }
  }
}

extension LabelledText.Target {
  /// How far the sum of probabilities may be from 1: tables have them rounded, three of them to two
  /// decimals. What is more than 0.02 by nothing but binary fractions is not more.
  private static let tolerance = 0.02 + 1e-9

  /// The probabilities of labels, so scaled that they sum to 1.
  ///
  /// - Parameter cells: what stands for each label; nil or blank for nothing.
  /// - Returns: nil where nothing stands for any of them.
  /// - Throws: `TextFault` where a cell holds no number from 0 to 1, or where they do not sum to 1
  ///   within 0.02.
  init?(probabilities cells: [(label: String, cell: String?)]) throws {
    guard cells.contains(where: { CanonicalLabels.label(in: $0.cell) != nil }) else { return nil }
    var probabilities: [String: Double] = [:]
    var sum = 0.0
    for (label, cell) in cells {
      let cell = cell?.trimmingCharacters(in: .whitespaces) ?? ""
      guard let probability = Double(cell), (0...1).contains(probability) else {
        throw TextFault(
          reason: "“\(label)” holds “\(cell.prefix(40))”, not a probability from 0 to 1")
      }
      probabilities[label] = probability
      sum += probability
    }
    guard abs(sum - 1) <= Self.tolerance else {
      let labels = cells.map { "“\($0.label)”" }.joined(separator: ", ")
      throw TextFault(
        reason: "the probabilities \(labels) sum to \(String(format: "%.4g", sum)), not to 1")
    }
    self = .probabilities(probabilities.mapValues { $0 / sum })
  }

  /// The labels that it tells of.
  package var labels: [String] {
    switch self {
    case .label(let label): [label]
    case .probabilities(let probabilities): Array(probabilities.keys)
    }
  }

  /// The same with other names for labels; those without one keep theirs.
  func renamed(_ names: [String: String]) -> Self {
    if names.isEmpty { return self }
    return switch self {
    case .label(let label): .label(names[label] ?? label)
    case .probabilities(let probabilities):
      .probabilities(
        Dictionary(probabilities.map { (names[$0] ?? $0, $1) }, uniquingKeysWith: +))
    }
  }
}

/// Why a text, or what it is said to be, cannot be used; those beside it can.
struct TextFault: Error {
  let reason: String
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
  package var labels: [String] { Set(texts.lazy.flatMap(\.target.labels)).sorted() }
}
