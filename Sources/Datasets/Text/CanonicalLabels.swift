internal import Foundation

/// What common labels are called here: `negative`, `neutral`, `positive`.
package enum CanonicalLabels {
  /// What spreadsheets and programs write where there is nothing.
  private static let missing: Set<String> = [
    "", "NaN", "nan", "null", "NULL", "None", "N/A", "NA", "n/a", "#N/A", "<NA>", "?",
  ]

  /// The label that a cell holds, without spaces around it.
  ///
  /// - Returns: nil where nobody gave one, also where the cell says so, as `NaN` or `n/a`.
  package static func label(in cell: String?) -> String? {
    let label = cell?.trimmingCharacters(in: .whitespaces) ?? ""
    return missing.contains(label) ? nil : label
  }

  /// The names of those among the labels of a column that have one. Numbers mean these only where all
  /// are 0 or 1, or all -1 or 1; others may count stars, or be anything, and whole ones are written
  /// without a point. `true` and `false` are 1 and 0.
  package static func names(of labels: Set<String>) -> [String: String] {
    var numbers: [String: Double] = [:]
    var names: [String: String] = [:]
    for label in labels {
      switch label.lowercased() {
      case "neg", "negative": names[label] = "negative"
      case "neutral": names[label] = "neutral"
      case "pos", "positive": names[label] = "positive"
      case "false": numbers[label] = 0
      case "true": numbers[label] = 1
      default: numbers[label] = Double(label).flatMap { $0.isFinite ? $0 : nil }
      }
    }
    let isBinary = numbers.values.allSatisfy { $0 == 0 || $0 == 1 }
    let isSigned = numbers.values.allSatisfy { $0 == -1 || $0 == 1 }
    for (label, number) in numbers {
      if isBinary || isSigned {
        names[label] = number == 1 ? "positive" : "negative"
      } else if Double(label) != nil, let whole = Int(exactly: number), "\(whole)" != label {
        names[label] = "\(whole)"
      }
    }
    return names
  }

  /// The texts of several files, with the usual labels by one name. What the labels of a file mean
  /// they show together; where it has only one, those of all files show it.
  package static func renamed(_ files: [[LabelledText]]) -> [[LabelledText]] {
    let labels = files.map { Set($0.lazy.flatMap(\.target.labels)) }
    let all = labels.reduce(into: Set<String>()) { $0.formUnion($1) }
    return zip(files, labels).map { texts, own in
      let names = Self.names(of: own.count > 1 ? own : all)
      return names.isEmpty
        ? texts
        : texts.map { LabelledText(text: $0.text, target: $0.target.renamed(names)) }
    }
  }
}
