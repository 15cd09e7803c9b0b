internal import Files
internal import Foundation
internal import Language
public import ModelFiles
internal import NeuralNet
internal import Tensors
public import Training

/// Training of a classifier, set up from texts with labels: what `caption sentiment train` does.
///
///     let texts = [("a lovely film", "positive"), ("it was dull", "negative")]
///     var options = ClassificationPlan.Options()
///     options.course.epochs = 5
///     let plan = ClassificationPlan(
///       sources: [.init(path: "mine", texts: texts.map { .init($0, .label($1)) })],
///       options: options)
///     try plan.train(into: "model")
///     let classifier = try SentimentClassifier(ModelFolder(path: "model"))
public struct ClassificationPlan: TrainingPlan {
  /// A text and what the model is to say of it.
  public struct Text: Sendable {
    public enum Target: Sendable {
      case label(String)
      /// How likely each label is, as another model has it; all together 1.
      case probabilities([String: Double])

      var labels: [String] {
        switch self {
        case .label(let label): [label]
        case .probabilities(let probabilities): Array(probabilities.keys)
        }
      }
    }

    public let text: String
    public let target: Target

    public init(_ text: String, _ target: Target) {
      (self.text, self.target) = (text, target)
    }

    /// The label, or the likeliest; of equally likely ones the first by name.
    fileprivate var label: String {
      switch target {
      case .label(let label): label
      case .probabilities(let probabilities):
        probabilities.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
      }
    }
  }

  /// Texts that belong together, such as those of a file.
  public struct Source<Text: Sendable>: Sendable {
    /// What messages call it.
    public let path: String
    public var texts: [Text]

    public init(path: String, texts: [Text]) {
      (self.path, self.texts) = (path, texts)
    }

    /// The last part of the path, which names what is there.
    fileprivate var name: String { URL(filePath: path).lastPathComponent }
  }

  /// How a classifier is trained; whatever is nil is what suits most.
  public struct Options: Sendable {
    public var course = TrainingCourse()
    public var regularization = Regularization()
    /// The probability of leaving a word blank.
    public var wordDropout: Float?
    /// The learning rate of what is above the LSTM, as a multiple of the other.
    public var headRate: Float?
    /// Texts that a step takes of all sources, in proportion to their sizes.
    public var batch = 64
    /// How many texts a step takes of each source, those of neutral texts last; instead of `batch`.
    public var mix: [Int]?
    /// A classifier or a language model to begin with; nil for a new model.
    public var start: ModelFolder?
    /// The sizes of a new model.
    public var network = TextNetworkConfiguration()
    /// Numbers for each word of a new model; nil for that of the vectors or, without them, of
    /// `network`.
    public var embedding: Int?
    /// How many words a new model knows.
    public var words = 22_000
    /// Vectors that the words of a new model begin with, as text of GloVe, word2vec or fastText.
    public var vectors: String?
    /// The name in the model's configuration; nil for the folder's.
    public var name: String?

    public init() {}
  }

  private let sources: [Source<Text>]
  private let validation: [Source<Text>]
  private let neutral: [Source<String>]
  private let options: Options

  /// - Parameters:
  ///   - sources: the texts to learn from.
  ///   - validation: those to measure by; where there are none, a tenth of the others is held back.
  ///   - neutral: texts of which no label is to be likelier than another.
  ///   - options: how it is trained.
  /// - Precondition: there is a source, and `mix` has a number for each.
  public init(
    sources: [Source<Text>], validation: [Source<Text>] = [], neutral: [Source<String>] = [],
    options: Options = Options()
  ) {
    precondition(
      !sources.isEmpty
        && options.mix.map { $0.count == sources.count + neutral.count } ?? true,
      "\(sources.count + neutral.count) sources, a mix of \(options.mix?.count ?? 0)")
    self.sources = sources
    self.validation = validation
    self.neutral = neutral
    self.options = options
  }

  public func run(
    in folder: String, resumes: Bool, observer: TrainingObserver
  ) throws -> TrainingOutcome {
    try requireTwoLabels()
    var (trained, measured) = (sources, validation)
    if measured.isEmpty {
      let parts = HeldBack.drawn(seed: options.course.seed)
      for index in trained.indices {
        let (own, heldBack) = parts.split(trained[index].texts)
        trained[index].texts = own
        if !heldBack.isEmpty { measured.append(Source(path: trained[index].path, texts: heldBack)) }
      }
    }
    let tokens = trained.map { $0.texts.map { TextTokenizer.words(of: $0.text) } }
    let start = try start(tokens)
    let labels = try labels(trained + measured, of: start)
    let drawn = drawn(
      zip(trained, tokens).map { source, tokens in
        (source.name, tokens, source.texts.map { target($0.target, labels) })
      }
        + neutral.map { source in
          (
            source.name, source.texts.map(TextTokenizer.words),
            source.texts.map { _ in .undecided }
          )
        }, start.reader)
    let tests = measured.map { source in
      ValidationSource(
        name: source.name, texts: source.texts.map(\.text),
        labels: source.texts.map { labels.firstIndex(of: $0.label) ?? 0 })
    }
    let network = try start.classifier(
      labels: labels, vectors: vectors(start, observer), seed: options.course.seed)
    let task = ClassificationTask(
      SentimentConfiguration(
        name: options.name ?? URL(filePath: folder).lastPathComponent, labels: labels,
        temperature: 1, network: start.network, vocabulary: ModelFolder.vocabularyFile),
      start.reader, network, sources: drawn, validation: tests, options: taskOptions,
      threads: options.course.threads)
    let perStep = drawn.reduce(0) { $0 + $1.textsPerStep }
    let all = drawn.reduce(0) { $0 + $1.targets.count }
    let stepsPerEpoch = Double(all) / Double(perStep)
    let runOptions = options.course.options(
      of: ClassificationTask.self, stepsPerEpoch: stepsPerEpoch, usualRate: 1.5e-3)
    observer.tell(
      .note(
        "\(all) texts, labels \(labels.joined(separator: ", ")); \(task.parameterCount) "
          + "parameters; \(perStep) texts a step, \(runOptions.steps) steps"))
    var data = DataHash()
    data.add(start.reader.words.words)
    for source in drawn { source.add(to: &data) }
    for source in tests {
      data.add(source.name)
      data.add(source.texts)
      data.add(source.labels)
    }
    data.add(network)
    var run = try TrainingRun(
      task, runOptions, folder: folder, resumes: resumes,
      fingerprint: RunFingerprint.text(
        options: Counted(
          options: taskOptions, network: start.network, schedule: runOptions.schedule,
          mix: drawn.map(\.textsPerStep), labels: labels), data: data))
    return try run.run(stepsPerEpoch: stepsPerEpoch, observer: observer)
  }

  /// The options that a run must go on with.
  private struct Counted: Encodable {
    let options: ClassificationTask.Options
    let network: TextNetworkConfiguration
    let schedule: LearningRateSchedule
    let mix: [Int]
    let labels: [String]
  }

  private var paths: String { sources.map(\.path).joined(separator: ", ") }

  /// - Throws: `TrainingError.data` where all texts have the same label.
  private func requireTwoLabels() throws {
    let labels = Set(sources.lazy.flatMap(\.texts).flatMap(\.target.labels))
    guard let label = labels.first, labels.count == 1 else { return }
    throw TrainingError.data(
      path: paths,
      reason: "all texts have the label “\(label.prefix(40))”: there is nothing to tell apart")
  }

  /// The labels in their order: those of the model to begin with, if it has all that there are.
  private func labels(_ sources: [Source<Text>], of start: TextModelStart) throws -> [String] {
    let found = Set(sources.lazy.flatMap(\.texts).flatMap(\.target.labels))
    if let labels = start.labels, found.isSubset(of: labels) { return labels }
    guard found.count <= 64 else {
      throw TrainingError.data(
        path: paths, reason: "there are \(found.count) labels, at most 64 are told apart")
    }
    return found.sorted()
  }

  private func target(_ target: Text.Target, _ labels: [String]) -> TrainingTarget {
    switch target {
    case .label(let label): labels.firstIndex(of: label).map(TrainingTarget.label) ?? .undecided
    case .probabilities(let probabilities):
      .probabilities(labels.map { Float(probabilities[$0] ?? 0) })
    }
  }

  /// The model to begin with.
  ///
  /// - Parameter tokens: the words of each source's texts.
  private func start(_ tokens: [[[String]]]) throws -> TextModelStart {
    if let start = options.start { return try TextModelStart(start) }
    var network = options.network
    if let size = try options.embedding
      ?? options.vectors.map({ try WordVectors(path: $0, words: []).size })
    {
      network.embedding = size
    }
    if let fault = network.fault { throw TrainingError.options(fault) }
    var counter = WordCounter()
    for text in tokens.joined() { counter.add(text) }
    return TextModelStart(
      words: try counter.words(limit: options.words, minimum: 2), network: network)
  }

  private func vectors(
    _ start: TextModelStart, _ observer: TrainingObserver
  ) throws -> WordVectors? {
    guard let vectors = options.vectors else { return nil }
    let found = try WordVectors(path: vectors, words: Set(start.reader.words.words))
    guard found.size == start.network.embedding else {
      throw TrainingError.options(
        "\(vectors) has vectors of \(found.size) numbers, the model’s words have "
          + "\(start.network.embedding)")
    }
    observer.tell(
      .note("\(found.vectors.count) of \(start.reader.words.count) words have vectors"))
    return found
  }

  /// - Parameter texts: of each source the words of its texts and what the model is to say of them.
  private func drawn(
    _ texts: [(name: String, tokens: [[String]], targets: [TrainingTarget])], _ reader: WordReader
  ) -> [TrainingSource] {
    let all = texts.reduce(0) { $0 + $1.targets.count }
    return texts.enumerated().map { index, own in
      TrainingSource(
        name: own.name, texts: EncodedTexts(own.tokens, reader), targets: own.targets,
        textsPerStep: options.mix?[index]
          ?? max(1, (options.batch * own.targets.count + all / 2) / max(1, all)))
    }
  }

  private var taskOptions: ClassificationTask.Options {
    var result = ClassificationTask.Options()
    let given = options.regularization
    result.regularization = .init(
      embedding: given.embeddingDropout ?? result.regularization.embeddingDropout,
      states: given.dropout ?? result.regularization.stateDropout)
    result.drops.blank = options.wordDropout ?? result.drops.blank
    result.labelSmoothing = given.labelSmoothing ?? result.labelSmoothing
    result.headRate = options.headRate ?? result.headRate
    result.weightDecay = given.weightDecay ?? result.weightDecay
    result.averageDecay = given.average ?? result.averageDecay
    result.clipNorm = options.course.clipNorm
    result.seed = options.course.seed
    return result
  }
}

extension TrainingSource {
  fileprivate func add(to data: inout DataHash) {
    data.add(name)
    texts.add(to: &data)
    for target in targets {
      switch target {
      case .label(let label): data.add([label])
      case .probabilities(let probabilities): data.add(probabilities)
      case .undecided: data.add([Int]())
      }
    }
  }
}
