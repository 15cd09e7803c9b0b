import Foundation
import Metrics
import Sentiment

/// How well a table's labels were found, to be shown.
struct SentimentScoreSummary {
  let column: String
  let scores: LabelScores
  /// Rows whose likelier label has less than the threshold.
  let undecided: Int
  let threshold: Double
  /// Whether the table has `neutral` as a label, so that what is below the threshold counts as that.
  let countsNeutral: Bool
  /// Rows that nobody has labelled.
  let withoutLabel: Int
  /// Rows with a label but without a text that could be read, and rows that nobody can tell the cells
  /// of.
  let withoutResult: Int
  /// Labels that the model does not know, the most frequent first.
  let unknown: [(label: String, rows: Int)]
  /// All rows with such labels.
  let unknownRows: Int

  /// For people.
  var lines: [String] {
    let rows = scores.count
    let skipped = [
      (withoutLabel, "without a label"), (withoutResult, "without a result"),
      (unknownRows, "with labels that the model does not know" + unknownNames),
    ].filter { $0.0 > 0 }.map { "\($0) \($1)" }
    var lines = [
      "scored by “\(column)”: \(rows) row\(rows == 1 ? "" : "s")"
        + (skipped.isEmpty ? "" : "; left out: " + skipped.joined(separator: ", "))
    ]
    guard let accuracy = scores.accuracy, let macroF1 = scores.macroF1 else { return lines }
    let below = "\(undecided) below the threshold of \(threshold)"
    lines.append(
      "accuracy \(Self.percent(accuracy)), macro F1 \(Self.percent(macroF1)); "
        + (countsNeutral
          ? "\(below), which count as neutral"
          : "\(below), which count with their likelier label"))
    let found = scores.labels.filter { (scores[$0]?.given ?? 0) + (scores[$0]?.found ?? 0) > 0 }
    let heading = ["label", "precision", "recall", "F1", "rows"] + found.map { "found \($0)" }
    let cells = found.map { label -> [String] in
      let own = scores[label]
      return [label] + [own?.precision, own?.recall, own?.f1].map { $0.map(Self.percent) ?? "-" }
        + ["\(own?.given ?? 0)"] + found.map { "\(count(given: label, found: $0))" }
    }
    return lines + Table(columns: heading, rows: cells, width: .max).lines
  }

  /// “: “mixed” (10), “unsure” (2)”
  private var unknownNames: String {
    guard !unknown.isEmpty else { return "" }
    let shown = unknown.prefix(5).map { "“\($0.label.prefix(40))” (\($0.rows))" }
    return ": " + (shown + (unknown.count > 5 ? ["…"] : [])).joined(separator: ", ")
  }

  private func count(given: String, found: String) -> Int {
    guard let row = scores.labels.firstIndex(of: given),
      let column = scores.labels.firstIndex(of: found)
    else { return 0 }
    return scores.counts[row][column]
  }

  private static func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }
}

extension SentimentScoreSummary: Encodable {
  private enum Key: String, CodingKey {
    case column, rows, accuracy, labels, confusion, threshold, unknown
    case macroF1 = "macro_f1"
    case undecided = "below_threshold"
    case countsNeutral = "counts_neutral"
    case withoutLabel = "without_label"
    case withoutResult = "without_result"
    case unknownRows = "unknown_rows"
  }

  private struct Label: Encodable {
    let precision: Double?
    let recall: Double?
    let f1: Double?
    let rows: Int
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(column, forKey: .column)
    try container.encode(scores.count, forKey: .rows)
    try container.encode(scores.accuracy, forKey: .accuracy)
    try container.encode(scores.macroF1, forKey: .macroF1)
    try container.encode(undecided, forKey: .undecided)
    try container.encode(threshold, forKey: .threshold)
    try container.encode(countsNeutral, forKey: .countsNeutral)
    try container.encode(withoutLabel, forKey: .withoutLabel)
    try container.encode(withoutResult, forKey: .withoutResult)
    try container.encode(unknownRows, forKey: .unknownRows)
    try container.encode(
      Dictionary(uniqueKeysWithValues: unknown.map { ($0, $1) }), forKey: .unknown)
    let labels = scores.labels.map { label in
      let own = scores[label]
      return (
        label,
        Label(
          precision: own?.precision, recall: own?.recall, f1: own?.f1, rows: own?.given ?? 0)
      )
    }
    try container.encode(Dictionary(uniqueKeysWithValues: labels), forKey: .labels)
    let confusion = scores.labels.map { given in
      (
        given,
        Dictionary(
          uniqueKeysWithValues: scores.labels.map { ($0, count(given: given, found: $0)) })
      )
    }
    try container.encode(Dictionary(uniqueKeysWithValues: confusion), forKey: .confusion)
  }
}
