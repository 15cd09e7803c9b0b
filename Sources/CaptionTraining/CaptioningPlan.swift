internal import Captioning
internal import Foundation
public import Imaging
internal import Language
internal import NeuralNet
public import SystemPackage
public import Training

/// Training of a captioner, set up from photos with captions: what `caption train` does.
///
///     let photos = CaptionedPhotos(
///       name: "mine",
///       training: [.init(name: "a.jpg", path: "photos/a.jpg", captions: ["A dog on a beach."])])
///     var options = CaptioningPlan.Options()
///     options.course.epochs = 10
///     let start = CaptionerStart.model(try ModelBundle.find("embedded"))
///     try CaptioningPlan(photos, start, options: options).train(into: "mine")
///     let captioner = try Captioner(ModelBundle(folder: "mine"))
public struct CaptioningPlan: TrainingPlan {
  /// How a captioner is trained; whatever is nil is what suits most.
  public struct Options: Sendable {
    public var course = TrainingCourse()
    public var method = TrainingMethod.adam
    public var regularization = Regularization()
    /// How much it counts that all parts of a photo are looked at.
    public var attentionPenalty: Float?
    /// How often the decoder reads a word of its own instead of the one that a person wrote: from
    /// never at first to this share at the end.
    public var scheduledSampling: Float = 0
    /// How the decoder's own captions are compared, to train for CIDEr-D itself; nil to learn from
    /// those that people wrote.
    public var selfCritical: SelfCritical.Options?
    /// How the encoder is trained along; nil for not at all.
    public var encoder: EncoderTraining?
    /// Whether every second photo is seen mirrored.
    public var mirrors = true
    /// About how many captions a step reads, or compares.
    public var batch: Int?
    /// The most tokens of a caption, its end included.
    public var maximumLength: Int?
    /// How many photos' captions are shown.
    public var examples = 3
    /// Where what encoders see is kept; nil for the user's cache folder.
    public var features: FilePath?
    /// The name in the model's configuration; nil for the folder's.
    public var name: String?

    public init() {}
  }

  /// How an encoder is trained along with its decoder.
  public struct EncoderTraining: Sendable {
    /// The first layer that learns, by the beginning of its checkpoint keys; nil for all.
    public var firstLayer: String?
    /// Its highest learning rate; nil for a tenth of the decoder's, or as much where the encoder has
    /// random parameters.
    public var rate: Float?
    /// Whether batch normalisation stays as it is; nil for yes, unless the encoder has random
    /// parameters.
    public var freezesNormalization: Bool?
    /// How photos are changed each time they are seen, besides being mirrored.
    public var augmentation = ImageAugmentation()

    public init() {}
  }

  private let photos: CaptionedPhotos
  private let start: CaptionerStart
  private let options: Options

  public init(_ photos: CaptionedPhotos, _ start: CaptionerStart, options: Options = Options()) {
    self.photos = photos
    self.start = start
    self.options = options
  }

  public func run(
    in folder: String, resumes: Bool, observer: TrainingObserver
  ) throws -> TrainingOutcome {
    let model = try model(options.name ?? URL(filePath: folder).lastPathComponent)
    let (sets, seen) = try sets(of: photos, model, mirrors: options.mirrors, observer)
    let captions = try captions(of: sets.training, model)
    tell(sets.training, captions, model, observer)
    let destination = (folder: folder, resumes: resumes)
    return switch model.decoder.architecture {
    case .attention:
      try train(AttentionNetwork.self, model, sets, seen, captions, destination, observer)
    case .showAndTell:
      try train(ShowAndTellNetwork.self, model, sets, seen, captions, destination, observer)
    }
  }

  /// Whether the set-up can learn at all, seen on a few photos; see `LearningCheck`.
  ///
  /// - Parameters:
  ///   - steps: the most that are made.
  ///   - observer: is told of what comes before them.
  /// - Throws: as `run`.
  package func check(
    steps: Int, observer: TrainingObserver, observe: (LearningEvent) -> Void
  ) throws -> LearningReport {
    let model = try model(photos.name)
    let sample = photos.sample(options.batch ?? 32, seed: options.course.seed)
    let set = try sets(of: sample, model, mirrors: false, observer).sets.training.firstCaptions
    let captions = try captions(of: set, model)
    return switch model.decoder.architecture {
    case .attention:
      try check(AttentionNetwork.self, model, set, captions, steps: steps, observer, observe)
    case .showAndTell:
      try check(ShowAndTellNetwork.self, model, set, captions, steps: steps, observer, observe)
    }
  }

  private func check<Network: DecoderNetwork>(
    _ type: Network.Type, _ model: CaptionModel, _ set: CaptionSet, _ captions: EncodedCaptions,
    steps: Int, _ observer: TrainingObserver, _ observe: (LearningEvent) -> Void
  ) throws -> LearningReport {
    var check = LearningCheck<Network>.Options()
    check.optimizer = options.method.optimizer
    check.rate = options.course.rate ?? options.method.usualRate
    check.clipNorm = options.course.clipNorm
    check.fineTuning = fineTuning(rate: check.rate)
    check.steps = steps
    check.seed = options.course.seed
    var learning = LearningCheck<Network>(
      model, try network(model, set, check.fineTuning), set: set, captions: captions,
      options: check, threads: options.course.threads)
    observer.tell(
      .note(
        "\(captions.captions.count) photos with a caption each; \(model.vocabulary.count) words, "
          + "\(learning.parameterCount) parameters to learn them with"))
    return try learning.run(observe: observe)
  }

  private func model(_ name: String) throws -> CaptionModel {
    try start.model(name, photos, maximumLength: options.maximumLength)
  }

  /// What is learnt from: what the encoder sees of the photos, or the photos where it learns, too.
  ///
  /// - Parameter mirrors: whether a frozen encoder sees photos mirrored, too.
  /// - Returns: the sets, and what tells a frozen encoder and what it sees from others.
  /// - Throws: as `CaptionedPhotos.encoded` and `CaptionedPhotos.readable`.
  private func sets(
    of photos: CaptionedPhotos, _ model: CaptionModel, mirrors: Bool, _ observer: TrainingObserver
  ) throws -> (sets: CaptionedPhotos.Sets, seen: [String]) {
    let threads = options.course.threads
    guard options.encoder == nil else {
      return (
        try photos.readable(model.encoder.preprocessing, observer, threads: threads), []
      )
    }
    let plain = try FeatureExtractor(model.encoder, output: model.output)
    let mirrored =
      mirrors ? try FeatureExtractor(model.encoder, output: model.output, isMirrored: true) : nil
    let cache = options.features.map { FeatureCache(folder: $0) } ?? FeatureCache()
    return (
      try photos.encoded(plain, mirrored: mirrored, cache, observer, threads: threads),
      [plain, mirrored].compactMap { $0.map { "\($0.identity)" } }
    )
  }

  /// The captions of a set in a model's words.
  ///
  /// - Throws: `TrainingError.data` where there is nothing to learn; `.unknownWords`.
  private func captions(of set: CaptionSet, _ model: CaptionModel) throws -> EncodedCaptions {
    let captions = EncodedCaptions(
      set, vocabulary: model.vocabulary, limit: model.decoding.maximumLength)
    guard !captions.captions.isEmpty else {
      throw TrainingError.data(
        path: photos.name, reason: "there are no captions with words in it")
    }
    guard captions.unknown * 2 <= captions.words else {
      throw TrainingError.unknownWords(
        path: photos.name, unknown: captions.unknown, of: captions.words,
        vocabulary: model.vocabulary.count)
    }
    return captions
  }

  private func tell(
    _ set: CaptionSet, _ captions: EncodedCaptions, _ model: CaptionModel,
    _ observer: TrainingObserver
  ) {
    var text = "\(set.names.count) photos, \(captions.captions.count) captions"
    if captions.cut > 0 {
      text += ", \(captions.cut) of them cut at \(model.decoding.maximumLength) words"
    }
    observer.tell(.note(text))
    let share = Double(captions.unknown) / Double(max(1, captions.words))
    observer.tell(
      .note(
        "\(model.vocabulary.count) words; "
          + String(format: "%.1f %% of the captions’ words are not among them", 100 * share)))
    if photos.isHeldBack {
      observer.tell(.note("every tenth photo is held back to measure by"))
    }
    if photos.validation.isEmpty {
      observer.tell(.note("too few photos to measure by: the last model is kept"))
    }
  }

  private func train<Network: DecoderNetwork>(
    _ type: Network.Type, _ model: CaptionModel, _ sets: CaptionedPhotos.Sets, _ seen: [String],
    _ captions: EncodedCaptions, _ destination: (folder: String, resumes: Bool),
    _ observer: TrainingObserver
  ) throws -> TrainingOutcome {
    let taskOptions = taskOptions(Network.self, captions)
    let network: CaptioningNetwork<Network> = try network(
      model, sets.training, taskOptions.fineTuning)
    let task = CaptioningTask(
      model, network, training: sets.training, captions: captions, validation: sets.validation,
      scoreName: photos.scoreName,
      selfCritical: options.selfCritical.map {
        SelfCritical(
          sets.training, vocabulary: model.vocabulary, candidates: $0.candidates,
          samples: $0.samples, limit: model.decoding.maximumLength)
      }, options: taskOptions, threads: options.course.threads)
    let runOptions = options.course.options(
      of: CaptioningTask<Network>.self, stepsPerEpoch: task.stepsPerEpoch, usualRate: usualRate,
      validationInterval: max(1, Int(task.stepsPerEpoch.rounded(.up))))
    observer.tell(
      .note(
        "\(task.parameterCount) parameters to train; \(task.byteCount >> 20) MiB for training"
          + (options.encoder == nil ? ", \(sets.byteCount >> 20) MiB for what the encoder saw" : "")
          + "; \(runOptions.steps) steps"))
    var data = DataHash()
    data.add(model.vocabulary.words)
    data.add(seen)
    data.add(captions.captions.flatMap { [$0.image, $0.isCut ? 1 : 0, $0.words.count] + $0.words })
    data.add(sets.training.names)
    if options.selfCritical != nil { data.add(sets.training.references) }
    data.add(sets.validation?.names ?? [])
    data.add(sets.validation?.references ?? [])
    data.add(network)
    var run = try TrainingRun(
      task, runOptions, folder: destination.folder, resumes: destination.resumes,
      fingerprint: RunFingerprint.text(
        options: Counted(
          options: task.options, encoder: model.encoder.configuration,
          preprocessing: model.encoder.preprocessing, decoder: model.decoder,
          schedule: runOptions.schedule, maximumLength: model.decoding.maximumLength,
          selfCritical: options.selfCritical), data: data))
    return try run.run(stepsPerEpoch: task.stepsPerEpoch, observer: observer)
  }

  /// The parameters to begin with.
  ///
  /// - Throws: as `CaptionerStart.network`; `TrainingError.options` for batch normalisation that the
  ///   encoder does not have.
  private func network<Network: DecoderNetwork>(
    _ model: CaptionModel, _ set: CaptionSet, _ fineTuning: FineTuning?
  ) throws -> CaptioningNetwork<Network> {
    let network: CaptioningNetwork<Network> = try start.network(
      model, set, fineTuning, seed: options.course.seed)
    if options.encoder?.freezesNormalization != nil,
      let encoder = network.encoder?.tensors, !encoder.keys.contains(where: isRunningMean)
    {
      throw TrainingError.options(
        "the image encoder has no batch normalisation that could be frozen or trained")
    }
    return network
  }

  private func isRunningMean(_ name: String) -> Bool { name.hasSuffix("running_mean") }

  /// The options that a run must go on with.
  private struct Counted<Options: Encodable>: Encodable {
    let options: Options
    let encoder: EncoderConfiguration
    let preprocessing: PreprocessingConfiguration
    let decoder: DecoderConfiguration
    let schedule: LearningRateSchedule
    let maximumLength: Int
    let selfCritical: SelfCritical.Options?
  }

  private func taskOptions<Network>(
    _ type: Network.Type, _ captions: EncodedCaptions
  ) -> CaptioningTask<Network>.Options {
    let (given, isSelfCritical) = (options.regularization, options.selfCritical != nil)
    var result = CaptioningTask<Network>.Options()
    result.forcing.labelSmoothing = given.labelSmoothing ?? result.forcing.labelSmoothing
    result.forcing.attentionPenalty = options.attentionPenalty ?? result.forcing.attentionPenalty
    // The decoder's own captions are found without dropout, so that the gradient is taken without.
    result.forcing.outputDropout =
      given.dropout ?? (isSelfCritical ? 0 : result.forcing.outputDropout)
    result.forcing.embeddingDropout =
      given.embeddingDropout ?? (isSelfCritical ? 0 : result.forcing.embeddingDropout)
    result.batch = options.batch ?? (isSelfCritical ? 320 : result.batch)
    if options.scheduledSampling > 0 {
      result.scheduledSampling = ScheduledSampling(
        final: options.scheduledSampling,
        steps: options.course.allSteps(
          perEpoch: Double(captions.captions.count) / Double(result.batch)))
    }
    result.optimizer = options.method.optimizer
    result.weightDecay = given.weightDecay ?? result.weightDecay
    result.averageDecay = given.average ?? result.averageDecay
    result.clipNorm = options.course.clipNorm
    result.fineTuning = fineTuning(rate: options.course.rate ?? usualRate)
    result.examples = options.examples
    result.seed = options.course.seed
    return result
  }

  /// The decoder's highest learning rate where none is given.
  private var usualRate: Float {
    if case .sgd = options.method { return options.method.usualRate }
    return options.selfCritical == nil ? options.method.usualRate : 5e-5
  }

  /// - Parameter rate: the decoder's highest learning rate.
  /// - Returns: nil where the encoder is frozen.
  private func fineTuning(rate: Float) -> FineTuning? {
    guard let given = options.encoder else { return nil }
    let isRandom = start.hasRandomEncoder
    var result = FineTuning()
    result.firstLayer = given.firstLayer
    result.rateFactor = given.rate.map { $0 / rate } ?? (isRandom ? 1 : result.rateFactor)
    result.freezesNormalization = given.freezesNormalization ?? !isRandom
    var augmentation = given.augmentation
    if !options.mirrors { augmentation.flipProbability = 0 }
    result.augmentation = augmentation
    return result
  }
}
