import Datasets
import Metrics
import Sentiment

/// Compares what a model finds with the labels that a table has.
struct SentimentScore {
  private struct Outcome: Hashable {
    /// The model's likeliest label.
    let likeliest: String
    /// What is said of the text: the likeliest label, or `neutral` below the threshold.
    let label: String
  }

  private let labeller: SentimentLabeller
  /// How often each outcome came with each label, as the table writes it.
  private var outcomes: [String: [Outcome: Int]] = [:]
  /// Those of all rows, also of those without a result: together they show what each means.
  private var labels: Set<String> = []
  private var withoutLabel = 0
  private var withoutResult = 0
  /// Rows with labels beyond `mostLabels`: they are no labels.
  private var others = 0

  /// A column of labels has few.
  private static let mostLabels = 256

  init(_ labeller: SentimentLabeller) { self.labeller = labeller }

  /// - Parameters:
  ///   - cell: of the column of labels; nil where nobody can tell which that is.
  ///   - text: nil where the row has no result.
  mutating func add(_ cell: String?, _ text: ClassifiedText?) {
    guard let cell else {
      withoutResult += 1
      return
    }
    guard let label = CanonicalLabels.label(in: cell) else {
      withoutLabel += 1
      return
    }
    let isKept = labels.contains(label) || labels.count < Self.mostLabels
    if isKept { labels.insert(label) }
    guard let text else {
      withoutResult += 1
      return
    }
    guard isKept else {
      others += 1
      return
    }
    let outcome = Outcome(likeliest: text.likeliest, label: text.label)
    outcomes[label, default: [:]][outcome, default: 0] += 1
  }

  /// What it comes to.
  func summary(of column: String) -> SentimentScoreSummary {
    let names = CanonicalLabels.names(of: labels)
    let allLabels = labeller.allLabels
    /// What the model calls a label.
    func name(_ label: String) -> String {
      allLabels.contains(label) ? label : names[label] ?? label
    }
    let known = outcomes.filter { allLabels.contains(name($0.key)) }
    let hasNeutral =
      !labeller.labels.contains(Sentiment.neutral)
      && known.keys.contains { name($0) == Sentiment.neutral }
    var scores = LabelScores(labels: hasNeutral ? allLabels : labeller.labels)
    var undecided = 0
    for (label, outcomes) in known {
      for (outcome, count) in outcomes {
        scores.add(
          given: name(label), found: hasNeutral ? outcome.label : outcome.likeliest,
          count: count)
        if outcome.label != outcome.likeliest { undecided += count }
      }
    }
    let unknown = outcomes.filter { known[$0.key] == nil }
      .map { (label: $0.key, rows: $0.value.values.reduce(0, +)) }
      .sorted { ($1.rows, $0.label) < ($0.rows, $1.label) }
    return SentimentScoreSummary(
      column: column, scores: scores, undecided: undecided, threshold: labeller.threshold,
      countsNeutral: hasNeutral, withoutLabel: withoutLabel, withoutResult: withoutResult,
      unknown: unknown, unknownRows: unknown.reduce(others) { $0 + $1.rows })
  }
}
