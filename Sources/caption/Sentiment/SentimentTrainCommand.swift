import ArgumentParser
import Datasets
import Foundation
import ModelFiles
import Sentiment

/// `caption sentiment train`: a classifier from texts with labels.
struct SentimentTrainCommand: ParsableCommand, TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a classifier on texts with labels.",
    discussion: """
      FORMATS (recognised by themselves, or given with --format):
        tsv        SST-2's sentence and label, or any table with tabs
        csv        a table whose heading names the columns
        jsonl      a JSON object a line
        polarity   MR's rt-polarity.pos and rt-polarity.neg, or their folder
        folder     a folder of text files for each label, as IMDB's train
      Texts without a label, also with NaN, null, None or N/A for one, are left out and counted. neg \
      and pos are negative and positive, and so are 0 and 1, 0.0 and 1.0, or False and True where \
      there are no other numbers. Instead of a column of labels a tsv, csv or jsonl may have the \
      columns negative and positive (and neutral), with the probabilities that another model gives \
      each text: the model then learns to agree with it.

      Each step takes texts of every file, as --mix says. What is measured now and then, and kept \
      where it is the best so far, is the moving average of the parameters. Without --validation a \
      tenth of the texts, drawn by --seed, is held back to measure by.

      EXAMPLES:
        caption sentiment train sst2-train.tsv --validation sst2-dev.tsv -o mine
        caption sentiment pretrain aclImdb/train -o language-model
        caption sentiment train aclImdb/train sst2-train.tsv --mix 16,48 \\
          --from language-model -o mine
        caption sentiment --model ./mine "What a lovely little tool"
      """)

  @Argument(
    help: ArgumentHelp("Files or folders of texts with labels.", valueName: "data"),
    completion: .file())
  var arguments: [ArgumentRun]
  var paths: [String] { arguments.flatMap(\.arguments) }

  @OptionGroup var data: TextDataOptions

  @Option(help: ArgumentHelp("The column of the labels.", valueName: "name"))
  var labelColumn: String?

  @Option(
    help: ArgumentHelp(
      "Texts to measure the model by; may be repeated.", valueName: "path"), completion: .file())
  var validation: [String] = []

  @Option(
    help: ArgumentHelp(
      "Texts that say nothing either way, so that the model learns to be undecided; may be repeated.",
      valueName: "path"), completion: .file())
  var neutral: [String] = []

  @Option(
    help: ArgumentHelp(
      "A model to begin with: a classifier, or a language model of “pretrain”.",
      valueName: "name|path"))
  var from: String?

  @Option(
    help: ArgumentHelp(
      "Word vectors to begin with, as text of GloVe, word2vec or fastText.", valueName: "file"),
    completion: .file())
  var vectors: String?

  @Option(help: "How many words a new model knows (default: 22000).")
  var words: Int?

  @OptionGroup var network: TextNetworkOptions
  @OptionGroup var training: TrainingOptions
  @OptionGroup var validations: ValidationOptions

  @Option(help: "Texts that a step takes.")
  var batch = 64

  @Option(
    help: ArgumentHelp(
      "How many texts a step takes of each file, those of --neutral last, as 8,48 (default: --batch "
        + "in proportion to their sizes).", valueName: "list"))
  var mix: WholeNumbers?

  @Option(
    help: "The learning rate of what is above the LSTM, as a multiple of --rate.",
    transform: decimalNumber)
  var headRate: Float = 2

  @OptionGroup var regularization: RegularizationOptions<OfTexts>

  @Option(help: "The probability of leaving a word blank.", transform: decimalNumber)
  var wordDropout: Float = 0.08

  @Option(help: "The name in the model's configuration (default: the folder's).")
  var name: String?

  func validate() throws {
    try validations.check(with: training)
    try requires(
      ["--label-column": labelColumn], with: TextDataOptions.columned, data.hasColumns)
    guard (3...1_000_000).contains(words ?? 3) else {
      throw ValidationError("--words takes a number from 3 to 1000000.")
    }
    guard (1...65_536).contains(batch) else {
      throw ValidationError("--batch takes a number from 1 to 65536.")
    }
    guard (0..<1).contains(wordDropout) else {
      throw ValidationError("--word-dropout takes a number from 0 to below 1.")
    }
    guard headRate > 0, headRate.isFinite else {
      throw ValidationError("--head-rate takes a number above 0.")
    }
    guard mix.map({ $0.values.count == paths.count + neutral.count }) ?? true else {
      throw ValidationError("--mix takes one number for each file.")
    }
    guard from == nil || network.isEmpty && vectors == nil && words == nil else {
      throw ValidationError("With --from, the sizes and words are that model's.")
    }
  }

  func run() throws {
    try training.checkOutput(
      files: paths + validation + neutral + [vectors].compactMap { $0 },
      models: [from].compactMap { $0 })
    let isQuiet = training.quiet
    let files = CanonicalLabels.renamed(
      try (paths + validation).map {
        try data.labelledTexts($0, labelColumn: labelColumn, isQuiet: isQuiet)
      })
    let sources = zip(paths + validation, files).map { path, texts in
      ClassificationPlan.Source(path: path, texts: texts.map(ClassificationPlan.Text.init))
    }
    let plan = ClassificationPlan(
      sources: Array(sources.prefix(paths.count)),
      validation: Array(sources.dropFirst(paths.count)),
      neutral: try neutral.map { .init(path: $0, texts: try data.texts($0, isQuiet: isQuiet)) },
      options: try options())
    try TrainingSession(training.session, unit: "words").run(
      plan, training, kind: SentimentConfiguration.kind, patience: validations.patience)
    try printResult()
  }

  /// - Throws: `ModelFolderError`.
  private func options() throws -> ClassificationPlan.Options {
    var options = ClassificationPlan.Options()
    options.course = validations.applied(to: training.course)
    options.regularization = regularization.regularization
    options.wordDropout = wordDropout
    options.headRate = headRate
    options.batch = batch
    options.mix = mix?.values
    options.start = try from.map(ModelFolder.find)
    options.network = network.configuration
    options.embedding = network.embedding
    options.words = words ?? options.words
    options.vectors = vectors
    options.name = name
    return options
  }

  enum OfTexts: UsualRegularization {
    private static let usual = ClassificationTask.Options()
    static var dropout: String { "\(usual.regularization.stateDropout)" }
    static var embeddingDropout: String { "\(usual.regularization.embeddingDropout)" }
    static var labelSmoothing: Float { usual.labelSmoothing }
    static var average: Float { usual.averageDecay }
  }

  /// What is in the model's folder now.
  private func printResult() throws {
    let model = try SentimentClassifier(ModelFolder(path: training.output))
    let accuracies = (model.configuration.accuracy ?? [:]).sorted { $0.key < $1.key }
    try printRows(
      [("model", training.output)]
        + accuracies.map { ("accuracy on \($0.key)", String(format: "%.2f %%", 100 * $0.value)) }
        + [("temperature", "\(model.configuration.temperature)")])
  }
}

extension ClassificationPlan.Text {
  fileprivate init(_ text: LabelledText) {
    switch text.target {
    case .label(let label): self.init(text.text, .label(label))
    case .probabilities(let probabilities): self.init(text.text, .probabilities(probabilities))
    }
  }
}
