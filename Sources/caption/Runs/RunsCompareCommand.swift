import ArgumentParser
import Evaluation
import Foundation
import Metrics
import Store

/// `caption runs compare`: which of two runs is better, and whether that may be chance.
struct RunsCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two runs: differences with confidence intervals, and what changed most.",
    discussion: """
      Both runs are scored anew over the photos that they have in common. The intervals hold 95 % \
      of the differences among corpora drawn by the paired bootstrap (Koehn 2004); p is how likely \
      a difference at least as large is by chance, by approximate randomisation (Riezler and \
      Maxwell 2005). With several measures some difference is soon "significant": decide before \
      which one counts.

      EXAMPLES:
        caption runs compare 7 9
        caption runs compare 7 9 --metric BLEU-4 --plot difference.svg
        caption runs compare 7 9 --json | jq '.metrics[] | select(.metric == "CIDEr-D")'
      """)

  @Argument(help: "The number of the first run.")
  var first: Int64

  @Argument(help: "The number of the second.")
  var second: Int64

  @OptionGroup var ranking: RankingOptions

  @Option(help: ArgumentHelp("How many corpora to draw for each test.", valueName: "count"))
  var resamples = 10_000

  @Option(help: "The seed of the drawing: the same seed gives the same numbers.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Also draw how the scores and their differences are distributed.",
      valueName: "file.svg|file.png"),
    completion: .file(extensions: ["svg", "png"]))
  var plot: PlotFile?

  @OptionGroup var replacement: ReplacementOptions
  @OptionGroup var store: StoreOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (100...1_000_000).contains(resamples) else {
      throw ValidationError("--resamples takes a number from 100 to 1000000, not \(resamples).")
    }
    try requires(["--force": replacement.force], with: "--plot", plot != nil)
  }

  func run() throws {
    let plot = try plot?.open(replacement)
    let (old, new) = try store.with(.read) {
      (try ScoredRun(first, in: $0), try ScoredRun(second, in: $0))
    }
    var significance = Significance()
    (significance.resamples, significance.trials) = (resamples, resamples)
    significance.seed = seed
    let comparison = try RunComparison(
      old, new, metric: ranking.metric, significance: significance,
      threads: ProcessInfo.processInfo.activeProcessorCount)
    let (improved, worsened) = comparison.extremes(ranking.photos)
    if json {
      try printLine(jsonLine(Record(comparison, improved, worsened, resamples, seed)))
    } else {
      try printTable(comparison)
      try printChanges("improved most by \(ranking.metric.rawValue)", improved)
      try printChanges("worsened most by \(ranking.metric.rawValue)", worsened)
    }
    try plot?.write(
      EvaluationFigures.comparison(
        by: ranking.metric.rawValue, (old.name, comparison.scores.old),
        (new.name, comparison.scores.new)))
  }

  private func printTable(_ comparison: RunComparison) throws {
    for run in [comparison.old, comparison.new] {
      let evaluation = run.evaluation
      let decoding = try evaluation.decoding.text
      try printLine(
        "\(run.name): \(evaluation.dataset), \(evaluation.split), \(run.photos.count) photos, "
          + decoding)
    }
    try printLine(
      "\(comparison.photoCount) photos in common; \(resamples) resamples, seed \(seed); scores times 100, all of "
        + "these photos, tokenized and scored together\n")
    let table = Table(
      columns: ["measure", "run \(first)", "run \(second)", "difference", "95 % interval", "p"],
      rows: comparison.metrics.map { metric in
        [
          metric.metric.rawValue, ScoreText.hundredths(metric.old.score),
          ScoreText.hundredths(metric.new.score),
          ScoreText.signedHundredths(metric.difference.score),
          "\(ScoreText.signedHundredths(metric.difference.lower)) to \(ScoreText.signedHundredths(metric.difference.upper))",
          String(format: "%.4f", metric.pValue),
        ]
      }, width: .max)
    for line in table.lines { try printLine(line) }
  }

  private func printChanges(_ title: String, _ changes: [RunComparison.Change]) throws {
    guard !changes.isEmpty else { return }
    try printLine("\n\(title)")
    for change in changes {
      try printLine(
        "\(ScoreText.signedHundredths(change.difference))  \(TerminalText.line(change.item.name))")
      try printLine("  run \(first): \(TerminalText.line(change.old))")
      try printLine("  run \(second): \(TerminalText.line(change.new))")
      if let reference = change.item.references.first {
        try printLine("  a person: \(TerminalText.line(reference))")
      }
    }
  }

  private struct Record: Encodable {
    let first: Evaluation
    let second: Evaluation
    let photos: Int
    let resamples: Int
    let seed: UInt64
    let metrics: [Comparison]
    let improved: [ChangeRecord]
    let worsened: [ChangeRecord]

    init(
      _ comparison: RunComparison, _ improved: [RunComparison.Change],
      _ worsened: [RunComparison.Change], _ resamples: Int, _ seed: UInt64
    ) {
      first = comparison.old.evaluation
      second = comparison.new.evaluation
      photos = comparison.photoCount
      (self.resamples, self.seed) = (resamples, seed)
      metrics = comparison.metrics.map(Comparison.init)
      self.improved = improved.map(ChangeRecord.init)
      self.worsened = worsened.map(ChangeRecord.init)
    }
  }

  private struct Comparison: Encodable {
    let metric: String
    let first: ScoreEstimate
    let second: ScoreEstimate
    let difference: ScoreEstimate
    let secondIsBetter: Double
    let pValue: Double

    enum CodingKeys: String, CodingKey {
      case metric, first, second, difference
      case secondIsBetter = "second_is_better"
      case pValue = "p_value"
    }

    init(_ comparison: MetricComparison) {
      metric = comparison.metric.rawValue
      (first, second) = (comparison.old, comparison.new)
      difference = comparison.difference
      secondIsBetter = comparison.newIsBetter
      pValue = comparison.pValue
    }
  }

  private struct ChangeRecord: Encodable {
    let name: String
    let first: String
    let second: String
    let difference: Double
    let references: [String]

    init(_ change: RunComparison.Change) {
      name = change.item.name
      (first, second) = (change.old, change.new)
      difference = change.difference
      references = change.item.references
    }
  }
}
