import ArgumentParser
import Foundation
import Gallery
import Sentiment
import SystemPackage

/// `caption sentiment TEXT...`: a label for each text.
struct SentimentClassifyCommand: ParsableCommand, TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Print the label of each text (the default).",
    discussion: """
      It prints label, probability and text: in columns on a terminal, otherwise separated by tabs; \
      tab, line end and backslash in a text are written \\t, \\n, \\\\. Without texts, lines of \
      standard input are answered as they come. Each line gets one: a blank line gets empty columns \
      (in JSON, the label null), and so does a line that cannot be read, which is reported on \
      standard error while the others go on; the exit status is then 65. JSON has the line’s number. \
      Lines that are not UTF-8 are read as Windows-1252.

      Probabilities are calibrated: of the texts that get 0.8, about 8 in 10 are labelled rightly. \
      A text whose likelier label has less than --threshold is called neutral; its probability is \
      then that of the likelier label. Smileys and common emoji are read as words; other symbols and \
      other languages lower the probability.

      JSON and --explain say what each word contributes to the log-odds: in JSON, to those of the \
      likelier label, with its place in bytes of UTF-8.

      --csv writes the table's own cells as they are, also such as a spreadsheet takes for a formula, \
      with its line ends, byte order mark and first line “sep=;”. A table in UTF-16 or Windows-1252 \
      comes back in UTF-8 with a byte order mark, which Excel understands. A row with more or fewer \
      cells than the heading is written without a result and reported; the exit status is then 65.

      --label scores the results by a column of the table, on standard error, or with --json, which \
      needs --output for the table, on standard output: accuracy, macro F1, and for each label \
      precision, recall, F1 and what it was taken for. neg and pos are negative and positive, and so \
      are 0 and 1, 0.0 and 1.0, or False and True where the column has no other numbers. A text below \
      the threshold counts with its likelier label, unless the column has neutral, too. Rows without \
      a label, also with NaN, null, None or N/A for one, and with one that the model does not know, \
      are left out and counted.

      With --keep, results are kept in the store, where “caption sentiment list” finds them. \
      --captions labels the captions in the store, so that “caption search sentiment:positive” finds \
      those. Another model or threshold labels them anew.

      EXAMPLES:
        caption sentiment "not terrible, it's great"
        caption sentiment --explain "not terrible, it's great"
        caption sentiment --explain --output page.html --file reviews.txt
        caption sentiment --json < reviews.txt | jq -r 'select(.label == "negative").text'
        paste reviews.txt <(caption sentiment --file reviews.txt)
        caption sentiment --csv reviews.csv --column review --output labelled.csv
        caption sentiment --csv reviews.csv --column review --label gold --as guess
        caption sentiment --captions
      """)

  @Argument(help: ArgumentHelp("Texts, or - for lines of standard input.", valueName: "text"))
  var arguments: [ArgumentRun] = []
  var texts: [String] { arguments.flatMap(\.arguments) }

  @Option(
    help: ArgumentHelp("Take the lines of a file.", valueName: "file"), completion: .file())
  var file: String?

  @Option(
    help: ArgumentHelp(
      "Print a table again with the columns sentiment and sentiment_probability.",
      valueName: "file"),
    completion: .file(extensions: ["csv", "tsv"]))
  var csv: String?

  @Option(help: ArgumentHelp("The column of the table that holds the texts.", valueName: "name"))
  var column: String?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Call the new columns of the table NAME and NAME_probability (default: sentiment).",
      valueName: "name"))
  var newColumn: String?

  @Option(
    help: ArgumentHelp(
      "Score the results by the labels in this column of the table.", valueName: "name"))
  var label: String?

  @Flag(help: "Label the captions in the store that this model has not labelled yet.")
  var captions = false

  @Flag(
    help: """
      Show what each word contributes: in colours on a terminal, otherwise as an HTML page.
      """)
  var explain = false

  @Flag(help: "Print one JSON object a line.")
  var json = false

  @OptionGroup var destination: DestinationOptions
  @OptionGroup var options: SentimentOptions
  @OptionGroup var storeOptions: StoreOptions

  @Flag(help: "Keep the results in the store; so does --store with its file.")
  var keep = false

  @Flag(help: .hidden)
  var noStore = false

  @Option(help: "How --captions shows progress: a bar on a terminal, plain lines, or nothing.")
  var progress: Progress.Style?

  func validate() throws {
    let sources = [!texts.isEmpty, file != nil, csv != nil, captions].count { $0 }
    guard sources <= 1 else {
      throw ValidationError("Texts, --file, --csv and --captions exclude each other.")
    }
    guard !texts.contains("-") || texts.count == 1 else {
      throw ValidationError("Standard input (-) does not go with other texts.")
    }
    guard (csv == nil) == (column == nil) else {
      throw ValidationError("--csv and --column go together.")
    }
    guard !explain || !json && csv == nil && !captions else {
      throw ValidationError("--explain does not go with --json, --csv or --captions.")
    }
    guard csv != nil || newColumn == nil && label == nil else {
      throw ValidationError("--as and --label go with --csv.")
    }
    guard newColumn?.allSatisfy(\.isWhitespace) != true else {
      throw ValidationError("--as takes a name that is not blank.")
    }
    guard !json || csv == nil || label != nil && destination.output != nil else {
      throw ValidationError("--json goes with --csv only where --label and --output are given.")
    }
    guard destination.output == nil || explain || csv != nil else {
      throw ValidationError("--output goes with --explain or --csv.")
    }
    guard !noStore || !captions && !keep else {
      throw ValidationError("--captions and --keep write into the store: --no-store forbids it.")
    }
    try requires(["--progress": progress], with: "--captions", captions)
    try excludes(["--store": storeOptions.file], with: "--no-store", noStore)
    guard !keep || !captions else {
      throw ValidationError("--captions keeps its results in any case: leave out --keep.")
    }
  }

  func run() throws {
    let labeller = try options.load()
    if captions {
      return try CaptionLabelling(
        labeller: labeller, storeOptions: storeOptions, style: progress ?? .auto,
        isQuiet: options.messages.quiet, asJSON: json
      ).run()
    }
    let keeps = !noStore && (keep || storeOptions.file != nil)
    let keeper = keeps ? SentimentKeeper(storeOptions, labeller, options.messages.logger) : nil
    let failures: TextFailures
    if let csv, let column {
      let table = SentimentTable(
        path: csv, column: column, labelColumn: label, newColumn: newColumn ?? "sentiment",
        labeller: labeller, keeper: keeper)
      let outcome = try table.write(to: destination, isQuiet: options.messages.quiet)
      if let label, let score = outcome.score { try show(score.summary(of: label)) }
      failures = outcome.failures
    } else {
      failures = try classify(labeller, keeper)
    }
    try keeper?.close()
    if let status = failures.first { throw status }
  }

  /// Classifies texts and shows the results.
  private func classify(
    _ labeller: SentimentLabeller, _ keeper: SentimentKeeper?
  ) throws -> TextFailures {
    if isatty(STDIN_FILENO) == 1, case .standardInput = input, !options.messages.quiet {
      note("type texts, one a line; Ctrl-D ends")
    }
    var failures = TextFailures()
    let output = output
    func forEachBatch(_ show: ([SentimentAnswer]) throws -> Void) throws {
      try input.forEachBatch(isQuiet: options.messages.quiet) { batch in
        let answers = try failures.answers(to: batch, labeller, explains: output.explains)
        try show(answers)
        try keeper?.keep(answers.compactMap(\.result))
      }
    }
    var printer = SentimentPrinter(labeller)
    switch output {
    case .lines: try forEachBatch { try printer.printLines($0) }
    case .json: try forEachBatch { try printer.printJSON($0) }
    case .colours: try forEachBatch { try printer.printColoured($0) }
    case .page:
      let file = try destination.open(for: .page, inputs: input.files)
      let (against, towards) = labeller.sides
      let page = SentimentPage(
        model: labeller.classifier.configuration.name, against: against, towards: towards)
      try page.write(to: file.write) { html in
        try forEachBatch { answers in
          for text in answers.compactMap(\.result) { try file.write(html(text.pageText)) }
        }
      }
      try file.finish()
    }
    return failures
  }

  /// The scores were asked for, so that `--quiet` does not keep them back.
  private func show(_ summary: SentimentScoreSummary) throws {
    if json { return try printLine(jsonLine(summary)) }
    let lines = summary.lines.map { TerminalText.line($0) + "\n" }
    writeToStandardError(lines.joined())
  }

  private var input: TextInput {
    if let file { return .file(FilePath(argument: file)) }
    return texts.isEmpty || texts == ["-"] ? .standardInput : .arguments(texts)
  }

  private var output: SentimentOutput {
    if json { return .json }
    guard explain else { return .lines }
    let isTerminal = standardOutputIsTerminal && destination.output == nil
    return isTerminal ? .colours : .page
  }
}
