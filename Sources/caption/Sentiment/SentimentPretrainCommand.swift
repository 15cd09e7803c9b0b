import ArgumentParser
import Language
import NeuralNet
import Sentiment
import Tensors
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
    guard weigh.map({ $0.values.count == paths.count }) ?? true else {
      throw ValidationError("--weigh takes one number for each file.")
    }
  }

  func run() throws {
    try training.checkOutput(files: paths, models: [])
    let configuration = try network.configuration()
    let tokens = try paths.map { path in
      try data.texts(path, isQuiet: training.quiet).map(TextTokenizer.words)
    }
    var counter = WordCounter()
    for (index, texts) in tokens.enumerated() {
      for text in texts { counter.add(text, weight: weigh?.values[index] ?? 1) }
    }
    let reader = WordReader(words: try counter.words(limit: words), buckets: configuration.buckets)
    var texts = EncodedTexts()
    for text in tokens.joined() { texts.add(text, reader) }
    var options = LanguageModelTask.Options()
    options.windows = batch
    options.seed = training.seed
    options.clipNorm = training.clipNorm
    let task = try LanguageModelTask(
      configuration, reader, texts, options: options, threads: training.threads)
    let steps = training.allSteps(
      stepsPerEpoch: Double(texts.size) / Double(batch * options.length))
    let parameters = task.parameterCount
    if !training.quiet {
      note(
        "\(reader.words.count) words, \(parameters) parameters, \(texts.size) words to read, "
          + "\(steps) steps")
    }
    let runOptions = training.runOptions(
      LanguageModelTask.self, steps: steps, defaultRate: 4e-3)
    var run = try TrainingRun(
      task, runOptions, folder: training.output, resumes: training.resume,
      fingerprint: jsonLine(
        Fingerprint(
          options: options, network: configuration, schedule: runOptions.schedule,
          texts: texts.texts.count, words: texts.size)))
    try training.run(&run, steps: steps, unit: "words")
    try printRows([("model", training.output), ("steps", "\(run.step)")])
  }

  private struct Fingerprint: Encodable {
    let options: LanguageModelTask.Options
    let network: TextNetworkConfiguration
    let schedule: LearningRateSchedule
    let texts: Int
    let words: Int
  }
}
