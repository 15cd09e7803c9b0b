import ArgumentParser
import Datasets
import Foundation
import Language
import ModelFiles
import NeuralNet
import Sentiment
import Tensors
import Training

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

  @Option(help: "How many words a new model knows.")
  var words = 22_000

  @OptionGroup var network: TextNetworkOptions
  @OptionGroup var training: TrainingOptions

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

  @Option(
    help: "The probability of dropping a number of the LSTM's states.", transform: decimalNumber)
  var dropout: Float = 0.3

  @Option(help: "The probability of dropping a number of a word.", transform: decimalNumber)
  var embeddingDropout: Float = 0.2

  @Option(help: "The probability of leaving a word blank.", transform: decimalNumber)
  var wordDropout: Float = 0.08

  @Option(help: "Label smoothing.", transform: decimalNumber)
  var labelSmoothing: Float = 0.05

  @Option(help: "Weight decay (AdamW).", transform: decimalNumber)
  var weightDecay: Float = 0

  @Option(help: "How slowly the average of the parameters follows them.", transform: decimalNumber)
  var average: Float = 0.998

  @Option(help: "The name in the model's configuration (default: the folder's).")
  var name: String?

  func validate() throws {
    guard (3...1_000_000).contains(words) else {
      throw ValidationError("--words takes a number from 3 to 1000000.")
    }
    guard (1...65_536).contains(batch) else {
      throw ValidationError("--batch takes a number from 1 to 65536.")
    }
    let shares: [(String, Float)] = [
      ("--dropout", dropout), ("--embedding-dropout", embeddingDropout),
      ("--word-dropout", wordDropout), ("--label-smoothing", labelSmoothing),
      ("--average", average),
    ]
    for (name, value) in shares where !(0..<1).contains(value) {
      throw ValidationError("\(name) takes a number from 0 to below 1.")
    }
    guard headRate > 0, weightDecay >= 0, headRate.isFinite, weightDecay.isFinite else {
      throw ValidationError("--head-rate takes a number above 0, --weight-decay one from 0.")
    }
    guard mix.map({ $0.values.count == paths.count + neutral.count }) ?? true else {
      throw ValidationError("--mix takes one number for each file.")
    }
    guard from == nil || network.isEmpty && vectors == nil else {
      throw ValidationError("With --from, the sizes and words are that model's.")
    }
  }

  func run() throws {
    try training.checkOutput(
      files: paths + validation + neutral + [vectors].compactMap { $0 },
      models: [from].compactMap { $0 })
    let isQuiet = training.quiet
    let files = CanonicalLabels.renamed(
      try (paths + validation).map { try data.labelledTexts($0, isQuiet: isQuiet) })
    var texts = Array(files.prefix(paths.count))
    try requireTwoLabels(texts)
    var measured = zip(validation, files.dropFirst(paths.count)).map { path, texts in
      (name: Self.name(of: path), texts: texts)
    }
    if measured.isEmpty {
      let allParts = texts.map { parts(of: $0) }
      measured = zip(paths, allParts).map { path, parts in
        (name: Self.name(of: path), texts: parts.heldBack)
      }.filter { !$0.texts.isEmpty }
      texts = allParts.map(\.trained)
    }
    let tokens = texts.map { $0.map { TextTokenizer.words(of: $0.text) } }
    let start = try start(tokens)
    let labels = try labels(texts + measured.map(\.texts), of: start)
    let undecided = try neutral.map { path in
      try data.texts(path, isQuiet: isQuiet).map(TextTokenizer.words)
    }
    let sources = sources(
      zip(tokens, texts).map { tokens, texts in
        (tokens, texts.map { target($0, labels) })
      } + undecided.map { ($0, [TrainingTarget](repeating: .undecided, count: $0.count)) },
      start.reader)
    let options = options
    let task = ClassificationTask(
      SentimentConfiguration(
        name: name ?? Self.name(of: training.output), labels: labels, temperature: 1,
        network: start.network, vocabulary: ModelFolder.vocabularyFile),
      start.reader,
      try start.classifier(
        labels: labels, vectors: vectors(start), seed: training.seed),
      sources: sources,
      validation: measured.map { source in
        ValidationSource(
          name: source.name, texts: source.texts.map(\.text),
          labels: source.texts.map { labels.firstIndex(of: $0.label) ?? 0 })
      },
      options: options, threads: training.threads)
    let perStep = sources.reduce(0) { $0 + $1.textsPerStep }
    let all = sources.reduce(0) { $0 + $1.targets.count }
    let steps = training.allSteps(stepsPerEpoch: Double(all) / Double(perStep))
    if !isQuiet {
      note(
        "\(all) texts, labels \(labels.joined(separator: ", ")); \(task.parameterCount) "
          + "parameters; \(perStep) texts a step, \(steps) steps")
    }
    let runOptions = training.runOptions(
      ClassificationTask.self, steps: steps, defaultRate: 1.5e-3)
    var run = try TrainingRun(
      task, runOptions, folder: training.output, resumes: training.resume,
      fingerprint: jsonLine(
        Fingerprint(
          options: options, network: start.network, schedule: runOptions.schedule,
          texts: sources.map(\.targets.count), mix: sources.map(\.textsPerStep), labels: labels)))
    try training.run(&run, steps: steps, unit: "words")
    try printResult()
  }

  /// - Throws: `TrainingError.data` where all texts have the same label.
  private func requireTwoLabels(_ texts: [[LabelledText]]) throws {
    let labels = Set(texts.joined().flatMap(\.target.labels))
    guard let label = labels.first, labels.count == 1 else { return }
    throw TrainingError.data(
      path: paths.joined(separator: ", "),
      reason: "all texts have the label “\(label.prefix(40))”: there is nothing to tell apart")
  }

  /// The texts of a file that are trained on, and the tenth that is held back. It is drawn, since
  /// labels may come in turn; both stay in their order.
  private func parts(
    of texts: [LabelledText]
  ) -> (trained: [LabelledText], heldBack: [LabelledText]) {
    var random = SeededRandom(seed: training.seed)
    let drawn = Set(texts.indices.shuffled(using: &random).prefix(texts.count / 10))
    let places = texts.indices
    return (
      places.filter { !drawn.contains($0) }.map { texts[$0] },
      places.filter { drawn.contains($0) }.map { texts[$0] }
    )
  }

  private struct Fingerprint: Encodable {
    let options: ClassificationTask.Options
    let network: TextNetworkConfiguration
    let schedule: LearningRateSchedule
    let texts: [Int]
    let mix: [Int]
    let labels: [String]
  }

  /// The last part of a path, which names what is there.
  private static func name(of path: String) -> String {
    URL(filePath: path).lastPathComponent
  }

  /// The model to begin with.
  ///
  /// - Parameter tokens: the words of each file's texts.
  private func start(_ tokens: [[[String]]]) throws -> TextModelStart {
    if let from { return try TextModelStart(ModelFolder.find(from)) }
    var configuration = try network.configuration()
    if network.embedding == nil, let vectors {
      configuration.embedding = try WordVectors(path: vectors, words: []).size
      if let fault = configuration.fault { throw ValidationError("\(fault).") }
    }
    var counter = WordCounter()
    for text in tokens.joined() { counter.add(text) }
    return TextModelStart(
      words: try counter.words(limit: words, minimum: 2), network: configuration)
  }

  private func target(_ text: LabelledText, _ labels: [String]) -> TrainingTarget {
    switch text.target {
    case .label(let label): labels.firstIndex(of: label).map(TrainingTarget.label) ?? .undecided
    case .probabilities(let probabilities):
      .probabilities(labels.map { Float(probabilities[$0] ?? 0) })
    }
  }

  private func vectors(_ start: TextModelStart) throws -> WordVectors? {
    guard let vectors else { return nil }
    let found = try WordVectors(path: vectors, words: Set(start.reader.words.words))
    guard found.size == start.network.embedding else {
      throw TrainingError.options(
        "\(vectors) has vectors of \(found.size) numbers, --embedding is "
          + "\(start.network.embedding)")
    }
    if !training.quiet {
      note("\(found.vectors.count) of \(start.reader.words.count) words have vectors")
    }
    return found
  }

  /// The labels in their order: those of the model to begin with, if it has all that there are.
  private func labels(_ texts: [[LabelledText]], of start: TextModelStart) throws -> [String] {
    let found = Set(texts.joined().flatMap(\.target.labels))
    if let labels = start.labels, found.isSubset(of: labels) { return labels }
    guard found.count <= 64 else {
      throw TrainingError.data(
        path: paths.joined(separator: ", "),
        reason: "there are \(found.count) labels, at most 64 are told apart")
    }
    return found.sorted()
  }

  /// - Parameter texts: of each file the words of its texts and what the model is to say of them.
  private func sources(
    _ texts: [(tokens: [[String]], targets: [TrainingTarget])], _ reader: WordReader
  ) -> [TrainingSource] {
    let all = texts.reduce(0) { $0 + $1.targets.count }
    return texts.enumerated().map { index, own in
      var encoded = EncodedTexts()
      for tokens in own.tokens { encoded.add(tokens, reader) }
      return TrainingSource(
        name: Self.name(of: (paths + neutral)[index]), texts: encoded, targets: own.targets,
        textsPerStep: mix?.values[index]
          ?? max(1, (batch * own.targets.count + all / 2) / max(1, all)))
    }
  }

  private var options: ClassificationTask.Options {
    var options = ClassificationTask.Options()
    options.regularization = .init(embedding: embeddingDropout, states: dropout)
    options.drops.blank = wordDropout
    options.labelSmoothing = labelSmoothing
    options.headRate = headRate
    options.weightDecay = weightDecay
    options.averageDecay = average
    options.clipNorm = training.clipNorm
    options.seed = training.seed
    return options
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
