internal import Captioning
internal import Imaging
internal import Language
internal import Metrics
package import NeuralNet
internal import Tensors
package import Training

/// Trains a decoder, on what a frozen encoder saw or together with its encoder: with the captions
/// that people wrote, or, as a second stage, for a better CIDEr-D by self-critical training.
///
/// What is measured and written is the moving average of the parameters.
package struct CaptioningTask<Network: DecoderNetwork>: ModelTask {
  package struct Options: Codable, Equatable, Sendable {
    package var forcing = TeacherForcing()
    /// Nil to read the captions as people wrote them.
    package var scheduledSampling: ScheduledSampling?
    package var optimizer = Optimizer.Method.adam()
    package var weightDecay: Float = 0
    package var averageDecay: Float = 0.999
    /// Longer gradients are shortened to this Euclidean norm.
    package var clipNorm = 1.0
    /// How the encoder is trained; nil where it is frozen.
    package var fineTuning: FineTuning?
    /// About how many captions a step learns of: each image comes with all of its own, so that it is
    /// looked at once.
    package var batch = 64
    /// How many validation images' captions are shown.
    package var examples = 3
    package var seed: UInt64 = 1
    package init() {}

    /// What is shown changes no model.
    private enum CodingKeys: CodingKey {
      case forcing, scheduledSampling, optimizer, weightDecay, averageDecay, clipNorm, fineTuning
      case batch, seed
    }

    /// The options that count.
    ///
    /// - Parameters:
    ///   - isSelfCritical: whether the decoder's own captions are learnt from: they are not
    ///     smoothed, and nothing is asked of the attention.
    ///   - attends: whether the decoder has attention.
    fileprivate func counting(isSelfCritical: Bool, attends: Bool) -> Options {
      var counting = self
      if isSelfCritical {
        counting.forcing.labelSmoothing = 0
        counting.scheduledSampling = nil
      }
      if isSelfCritical || !attends { counting.forcing.attentionPenalty = 0 }
      return counting
    }
  }

  /// Those that count.
  package let options: Options
  private let model: CaptionModel
  private let training: CaptionSet
  private let captions: EncodedCaptions
  private let validation: CaptionSet?
  /// What the scores in the model's configuration are called.
  private let scoreName: String
  private let selfCritical: SelfCritical?
  private let threads: Int
  package var trained: ModelInTraining<CaptioningNetwork<Network>>
  /// Of images.
  package var order: ShuffledOrder
  /// The images that there is something to learn of, with their captions' numbers.
  private let captionsOfImages: [(image: Int, captions: [Int])]

  /// - Parameters:
  ///   - network: to begin with; with an encoder where the sets are photos.
  ///   - captions: those of `training`.
  ///   - selfCritical: nil to learn from the captions that people wrote.
  /// - Precondition: there are captions.
  package init(
    _ model: CaptionModel, _ network: CaptioningNetwork<Network>, training: CaptionSet,
    captions: EncodedCaptions, validation: CaptionSet?, scoreName: String,
    selfCritical: SelfCritical?, options: Options, threads: Int
  ) {
    self.model = model
    self.training = training
    self.captions = captions
    self.validation = validation
    self.scoreName = scoreName
    self.selfCritical = selfCritical
    self.options = options.counting(
      isSelfCritical: selfCritical != nil, attends: model.decoder.architecture == .attention)
    self.threads = threads
    trained = ModelInTraining(
      network, Optimizer(options.optimizer, weightDecay: options.weightDecay),
      averageDecay: options.averageDecay)
    let grouped = Dictionary(grouping: captions.captions.indices) { captions.captions[$0].image }
    captionsOfImages = grouped.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    order = ShuffledOrder(count: captionsOfImages.count, seed: options.seed)
  }

  /// How many images a step takes from the data.
  private var drawn: Int {
    if let selfCritical { return max(1, options.batch / selfCritical.samples) }
    let perImage = Double(captions.captions.count) / Double(captionsOfImages.count)
    return max(1, Int((Double(options.batch) / perImage).rounded()))
  }

  /// How many steps go once through the data.
  package var stepsPerEpoch: Double { Double(order.count) / Double(drawn) }

  /// About how many bytes training takes besides the features: the parameters, their gradients,
  /// the optimizer's means and the average, and what a step keeps for the way back.
  package var byteCount: Int {
    let copies = options.optimizer == .descent() ? 3 : 5
    let rows = options.batch * model.decoding.maximumLength
    let (hidden, embedding) = (model.decoder.hidden, model.decoder.embedding)
    let perRow =
      14 * hidden + 6 * embedding + 5 * channels + 3 * model.decoder.attention
      + min(model.vocabulary.count, (1 << 22) / max(1, rows)) * 2
    let size = model.encoder.preprocessing
    let images = trained.model.encoder?.traceByteCount(
      images: drawn, height: size.height, width: size.width)
    return 4 * (copies * parameterCount + rows * perRow) + (images ?? 0)
  }

  /// How many numbers describe a region.
  private var channels: Int {
    switch training.images {
    case .features(let features): features.channels
    case .photos: trained.model.encoder?.channels(of: model.output) ?? 0
    }
  }

  package mutating func step(_ index: Int, rate: Float) throws -> StepReport {
    var random = SeededRandom(seed: options.seed, step: index)
    trained.gradients.reset()
    let images = (0..<drawn).map { _ in captionsOfImages[order.next()] }
    let report: (loss: Double, parts: [String: Double], items: Int)
    if let selfCritical {
      report = try Self.explaining(step: index + 1, training) {
        try addReward(selfCritical, images: images.map(\.image), random: &random)
      }
    } else {
      var forcing = options.forcing
      forcing.ownWords = options.scheduledSampling?.probability(step: index) ?? 0
      let read = images.flatMap { $0.captions.map { captions.captions[$0] } }
      report = try Self.explaining(step: index + 1, training) {
        try addLoss(read, forcing, random: &random)
      }
    }
    let rateFactor = options.fineTuning?.rateFactor ?? 1
    let norm = try trained.update(
      loss: report.loss, step: index, rate: rate, clipNorm: options.clipNorm, threads: threads
    ) { CaptioningNetwork<Network>.isOfEncoder($0) ? rateFactor : 1 }
    return StepReport(
      loss: report.loss, parts: report.parts, gradientNorm: norm, items: report.items)
  }

  /// Works on what is seen of a set, and says of numbers that are not finite where they come from:
  /// from features that could not be read, or from a model in training, which has no file to name.
  ///
  /// - Throws: `FeatureCacheError.unreadable`; `TrainingError.diverged`; what `work` throws.
  private static func explaining<Value>(
    step: Int, _ set: CaptionSet, _ work: () throws -> Value
  ) throws -> Value {
    func check() throws {
      if case .features(let features) = set.images { try features.checkReading() }
    }
    do {
      let value = try work()
      try check()
      return value
    } catch CaptioningError.notFinite {
      try check()
      throw TrainingError.diverged(step: step, what: "what the model computes")
    } catch WeightError.notFinite(_, let name) {
      throw TrainingError.diverged(step: step, what: "the parameter “\(name)”")
    }
  }

  /// One step with captions that people wrote.
  private mutating func addLoss(
    _ captions: [(words: [Int], image: Int, isCut: Bool)], _ forcing: TeacherForcing,
    random: inout SeededRandom
  ) throws -> (loss: Double, parts: [String: Double], items: Int) {
    let sight = try see(captions.map(\.image), random: &random)
    let batch = batch(captions.map { ($0.words, $0.image, !$0.isCut) }, sight)
    let loss = forcing.addGradients(
      of: trained.model.decoder, batch, learnsRegions: sight.isLearnt,
      to: &trained.gradients.decoder, random: &random, threads: threads)
    trained.model.addGradients(
      of: sight, loss.regionGradient, batch, to: &trained.gradients, threads: threads)
    return (
      loss.total, loss.attention == 0 ? [:] : ["words": loss.words, "attention": loss.attention],
      captions.count
    )
  }

  private mutating func see(_ images: [Int], random: inout SeededRandom) throws -> Sight {
    try trained.model.see(
      images, of: training, options.fineTuning, output: model.output, random: &random,
      threads: threads)
  }

  private func batch(
    _ captions: [(words: [Int], image: Int, isWhole: Bool)], _ sight: Sight
  ) -> CaptionBatch {
    CaptionBatch(
      captions, features: sight.features, start: model.startToken,
      end: model.vocabulary.configuration.end)
  }

  /// One step of self-critical training; the loss is the mean reward, negated.
  private mutating func addReward(
    _ selfCritical: SelfCritical, images: [Int], random: inout SeededRandom
  ) throws -> (loss: Double, parts: [String: Double], items: Int) {
    let sight = try see(images, random: &random)
    let candidates = try selfCritical.candidates(
      of: images, sight.features,
      captioner(trained.model.decoder, channels: sight.features.channels), random: &random
    ).filter { $0.isWhole || !$0.words.isEmpty }
    let batch = batch(candidates.map { ($0.words, $0.image, $0.isWhole) }, sight)
    let loss = options.forcing.addGradients(
      of: trained.model.decoder, batch,
      rowWeights: batch.layout.spread(candidates.map { Float($0.advantage) }),
      learnsRegions: sight.isLearnt, to: &trained.gradients.decoder, random: &random,
      threads: threads)
    trained.model.addGradients(
      of: sight, loss.regionGradient, batch, to: &trained.gradients, threads: threads)
    let reward = candidates.reduce(0) { $0 + $1.reward } / Double(max(1, candidates.count))
    return (-reward, ["reward": reward], candidates.count)
  }

  private func captioner(_ decoder: Network, channels: Int) throws -> SetCaptioner {
    SetCaptioner(
      decoder: try model.makeDecoder(decoder.tensors, channels: channels),
      vocabulary: model.vocabulary, threads: threads)
  }

  /// Calls with some of the images at a time, and what the model, as it would be written now, sees of
  /// them.
  ///
  /// - Throws: `ImagingError`, `NetworkError`, `WeightError`, `FeatureCacheError.unreadable`;
  ///   `TrainingError.diverged` where what is computed is not finite; what else `body` throws.
  func look(
    at images: [Int], of set: CaptionSet, _ body: ([Int], any FeatureSource) throws -> Void
  ) throws {
    try Self.explaining(step: trained.steps, set) {
      switch set.images {
      case .features(let features): try body(images, features)
      case .photos(let photos):
        guard let encoder = trained.result.encoder else { return }
        try SetEncoder(encoder, output: model.output, of: photos, threads: threads)
          .forEachBlock(images) { try body($0, $1) }
      }
    }
  }

  /// The captions that the model, as it would be written now, gives to images of a set.
  func sentences(_ images: [Int], of set: CaptionSet) throws -> [String] {
    let decoder = trained.result.decoder
    var sentences: [String] = []
    try look(at: images, of: set) { block, seen in
      sentences += try captioner(decoder, channels: seen.channels)
        .sentences(block, of: seen, options: model.decoding)
    }
    return sentences
  }

  package var isMeasured: Bool { validation != nil }

  /// CIDEr-D and BLEU-4 of the captions of the validation images.
  package func validate() throws -> [ValidationScore] {
    guard let validation else { return [] }
    let captions = try sentences(Array(0..<validation.count), of: validation)
    let corpus = try CaptionCorpus(
      raw: captions, references: validation.references, threads: threads)
    let scores = CaptionScores(
      corpus, metrics: [.bleu1, .bleu2, .bleu3, .bleu4, .ciderD], threads: threads)
    return [Metric.ciderD, .bleu1, .bleu2, .bleu3, .bleu4].compactMap { metric in
      scores[metric].map { ValidationScore(metric.rawValue, $0) }
    }
  }

  /// CIDEr-D.
  package func merit(_ scores: [ValidationScore]) -> Double {
    scores.first { $0.name == Metric.ciderD.rawValue }?.value ?? 0
  }

  package func examples() throws -> [String] {
    let set = validation ?? training
    let first = Array(0..<min(options.examples, set.count))
    return zip(first, try sentences(first, of: set)).map { "\(set.names[$0]): \($1)" }
  }

  package func writeModel(to folder: String, _ scores: [ValidationScore]) throws {
    func score(_ metric: Metric) -> Double? { scores.first { $0.name == metric.rawValue }?.value }
    let bleu = [Metric.bleu1, .bleu2, .bleu3, .bleu4].compactMap(score)
    let network = trained.result
    try model.write(
      decoder: network.decoder.tensors, encoder: network.encoder?.tensors,
      scores: scores.isEmpty
        ? nil
        : [scoreName: ModelConfiguration.Scores(cider: score(.ciderD), bleu: bleu)], to: folder)
  }
}
