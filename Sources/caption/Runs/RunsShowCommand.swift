import ArgumentParser
import Evaluation
import Metrics
import Store

/// `caption runs show`: protocol, scores, best and worst photos of a run.
struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show how a run was made, how it scores, and its best and worst photos.",
    discussion: """
      EXAMPLES:
        caption runs show 7
        caption runs show 7 --metric BLEU-4 --photos 10
        caption runs show 7 --plot scores.png
        caption runs show 7 --per-image > scores.tsv
      """)

  @Argument(help: ArgumentHelp("The run’s number.", valueName: "run"))
  var number: Int64

  @OptionGroup var ranking: RankingOptions

  @Flag(help: "Print the scores of every photo instead.")
  var perImage = false

  @Option(
    help: ArgumentHelp(
      "Also draw how the photos' scores are distributed.", valueName: "file.svg|file.png"),
    completion: .file(extensions: ["svg", "png"]))
  var plot: PlotFile?

  @OptionGroup var replacement: ReplacementOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    try excludes(ranking.givenCount, with: "--json", output.json)
    try excludes(ranking.givenCount, with: "--per-image", perImage)
    try excludes(ranking.givenMetric, with: "--json without --plot", output.json && plot == nil)
    try excludes(ranking.givenMetric, with: "--per-image without --plot", perImage && plot == nil)
    try requires(["--force": replacement.force], with: "--plot", plot != nil)
  }

  func run() throws {
    let plot = try plot?.open(replacement)
    let run = try store.with(.read) { try ScoredRun(number, in: $0) }
    let metric = ranking.metric
    let scores = try run.scores(by: metric)
    if perImage {
      try output.print(
        columns: ["photo"] + run.metrics.map(\.rawValue) + ["caption"],
        rows: run.photos.map(Row.init)
      ) { row in
        [row.photo.item.name]
          + run.metrics.map { ScoreText.hundredths(row.photo.scores[$0.rawValue] ?? 0) }
          + [row.photo.candidate]
      }
    } else {
      try printScores(of: run, output)
      if !output.json {
        let ranked = try run.ranked(by: metric)
        try printPhotos("best by \(metric.rawValue)", ranked.prefix(ranking.photos), metric)
        try printPhotos(
          "worst by \(metric.rawValue)", ranked.suffix(ranking.photos).reversed(), metric)
      }
    }
    try plot?.write(
      EvaluationFigures.distribution(
        of: metric.rawValue, run: run.name, scores: scores,
        corpus: run.evaluation.scores[metric.rawValue] ?? 0))
  }

  private func printPhotos(
    _ title: String, _ photos: some Sequence<EvaluatedPhoto>, _ metric: Metric
  ) throws {
    try printLine("\n\(title)")
    for photo in photos {
      let score = ScoreText.hundredths(photo.scores[metric.rawValue] ?? 0)
      try printLine("\(score)  \(TerminalText.line(photo.item.name))")
      try printLine("        \(TerminalText.line(photo.candidate))")
      for reference in photo.item.references {
        try printLine("      - \(TerminalText.line(reference))")
      }
    }
  }

  private struct Row: Encodable {
    let photo: EvaluatedPhoto

    enum CodingKeys: String, CodingKey {
      case name, caption, references, scores
    }

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(photo.item.name, forKey: .name)
      try values.encode(photo.candidate, forKey: .caption)
      try values.encode(photo.item.references, forKey: .references)
      try values.encode(photo.scores, forKey: .scores)
    }
  }
}

/// By which measure photos are ranked, and how many to show.
struct RankingOptions: ParsableArguments {
  @Option(
    name: .customLong("metric"),
    help: ArgumentHelp(
      "The measure that ranks photos (default: \(Metric.ciderD.rawValue)).", valueName: "name"))
  private var chosenMetric: Metric?

  @Option(
    name: .customLong("photos"),
    help: ArgumentHelp(
      "How many of the best and of the worst to show (default: 5).", valueName: "count"))
  private var chosenCount: Int?

  var metric: Metric { chosenMetric ?? .ciderD }
  var photos: Int { chosenCount ?? 5 }

  var givenMetric: GivenOptions { ["--metric": chosenMetric] }
  var givenCount: GivenOptions { ["--photos": chosenCount] }

  func validate() throws {
    guard photos >= 0 else { throw ValidationError("--photos takes a number of at least 0.") }
  }
}
