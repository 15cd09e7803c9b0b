internal import Foundation
internal import Language
internal import ModelFiles
internal import NeuralNet
public import Training

/// Training of a language model, set up from texts, which need no labels: what `caption sentiment
/// pretrain` does. A `ClassificationPlan` begins with its folder.
public struct LanguageModelPlan: TrainingPlan {
  public struct Options: Sendable {
    public var course = TrainingCourse()
    /// Windows of 64 words that a step reads.
    public var batch = 96
    public var network = TextNetworkConfiguration()
    /// How many words the model knows.
    public var words = 22_000
    /// How much each source's words count when the model's words are chosen; nil for equally much.
    public var weights: [Int]?

    public init() {}
  }

  private let sources: [[String]]
  private let options: Options

  /// - Parameters:
  ///   - sources: texts that belong together, such as those of a file.
  ///   - options: how it is trained.
  /// - Precondition: `weights` has a number for each source.
  public init(sources: [[String]], options: Options = Options()) {
    precondition(
      options.weights.map { $0.count == sources.count } ?? true,
      "\(sources.count) sources, \(options.weights?.count ?? 0) weights")
    self.sources = sources
    self.options = options
  }

  public func run(
    in folder: String, resumes: Bool, observer: TrainingObserver
  ) throws -> TrainingOutcome {
    let tokens = sources.map { $0.map(TextTokenizer.words) }
    var counter = WordCounter()
    for (index, texts) in tokens.enumerated() {
      for text in texts { counter.add(text, weight: options.weights?[index] ?? 1) }
    }
    let reader = WordReader(
      words: try counter.words(limit: options.words), buckets: options.network.buckets)
    let texts = EncodedTexts(tokens.joined(), reader)
    var taskOptions = LanguageModelTask.Options()
    taskOptions.windows = options.batch
    taskOptions.seed = options.course.seed
    taskOptions.clipNorm = options.course.clipNorm
    let task = try LanguageModelTask(
      options.network, reader, texts, options: taskOptions, threads: options.course.threads)
    let stepsPerEpoch = Double(texts.size) / Double(options.batch * taskOptions.length)
    let runOptions = options.course.options(
      of: LanguageModelTask.self, stepsPerEpoch: stepsPerEpoch, usualRate: 4e-3)
    observer.tell(
      .note(
        "\(reader.words.count) words, \(task.parameterCount) parameters, \(texts.size) words to "
          + "read, \(runOptions.steps) steps"))
    var data = DataHash()
    data.add(reader.words.words)
    texts.add(to: &data)
    var run = try TrainingRun(
      task, runOptions, folder: folder, resumes: resumes,
      fingerprint: RunFingerprint.text(
        options: Counted(
          options: taskOptions, network: options.network, schedule: runOptions.schedule),
        data: data))
    return try run.run(stepsPerEpoch: stepsPerEpoch, observer: observer)
  }

  /// The options that a run must go on with.
  private struct Counted: Encodable {
    let options: LanguageModelTask.Options
    let network: TextNetworkConfiguration
    let schedule: LearningRateSchedule
  }
}
