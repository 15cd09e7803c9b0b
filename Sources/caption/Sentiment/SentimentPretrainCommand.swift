import ArgumentParser
import Sentiment
import Training

/// `caption sentiment pretrain`: a language model to begin a classifier with.
struct SentimentPretrainCommand: ParsableCommand, TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "pretrain",
    abstract: "Train a language model on texts without labels, to begin a classifier with.",
    discussion: """
      The LSTM learns to foretell the next word, and, read backwards, the word before; labels are \
      not looked at. A classifier that begins with such a model (“caption sentiment train --from \
      FOLDER”) needs far fewer labels.

      Texts are read from all formats of “caption sentiment train”, and from plain text files, a \
      text a line.

      EXAMPLES:
        caption sentiment pretrain reviews.txt --output language-model
        caption sentiment pretrain aclImdb/train --words 30000 -o language-model
      """)

  @Argument(
    help: ArgumentHelp("Files or folders of texts.", valueName: "texts"), completion: .file())
  var arguments: [ArgumentRun]
  var paths: [String] { arguments.flatMap(\.arguments) }

  @OptionGroup var data: TextDataOptions

  @Option(help: "How many words the model knows.")
  var words = 22_000

  @Option(
    help: ArgumentHelp(
      "How much each file's words count when the model's words are chosen, as 1,5.",
      valueName: "list"))
  var weigh: WholeNumbers?

  @OptionGroup var network: TextNetworkOptions
  @OptionGroup var training: TrainingOptions

  @Option(help: "Windows of 64 words that a step reads.")
  var batch = 96

  func validate() throws {
    guard (3...1_000_000).contains(words) else {
      throw ValidationError("--words takes a number from 3 to 1000000.")
    }
    guard (1...4096).contains(batch) else {
      throw ValidationError("--batch takes a number from 1 to 4096.")
    }
    try requires(["--weigh": weigh], with: "several files", paths.count > 1)
    guard weigh.map({ $0.values.count == paths.count }) ?? true else {
      throw ValidationError("--weigh takes one number for each file.")
    }
  }

  func run() throws {
    try training.checkOutput(files: paths, models: [])
    var options = LanguageModelPlan.Options()
    options.course = training.course
    options.batch = batch
    options.network = network.configuration
    options.words = words
    options.weights = weigh?.values
    let plan = LanguageModelPlan(
      sources: try paths.map { try data.texts($0, isQuiet: training.quiet) }, options: options)
    let outcome = try TrainingSession(training.session, unit: "words").run(
      plan, training, kind: LanguageModelConfiguration.kind)
    try printRows([("model", training.output), ("steps", "\(outcome.steps)")])
  }
}
