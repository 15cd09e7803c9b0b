internal import Captioning
internal import Language
internal import Metrics
package import NeuralNet
package import Tensors
package import Training

/// Trains a decoder on what a frozen encoder saw: with the captions that people wrote, or, as a
/// second stage, for a better CIDEr-D by self-critical training.
///
/// What is measured and written is the moving average of the parameters.
package struct DecoderTask<Network: DecoderNetwork>: TrainingTask {
  package struct Options: Codable, Equatable, Sendable {
    package var forcing = TeacherForcing()
    /// Nil to read the captions as people wrote them.
    package var scheduledSampling: ScheduledSampling?
    package var optimizer = Optimizer.Method.adam()
    package var weightDecay: Float = 0
    package var averageDecay: Float = 0.999
    /// Longer gradients are shortened to this Euclidean norm.
    package var clipNorm = 1.0
    /// How many captions a step learns of.
    package var batch = 64
    /// How many validation images' captions are shown.
    package var examples = 3
    package var seed: UInt64 = 1
    package init() {}
  }

  package struct State: Codable, Sendable {
    fileprivate var order: ShuffledOrder
    fileprivate var trained: ModelInTraining<Network>.State
  }

  private let options: Options
  private let model: CaptionModel
  private let training: CaptionSet
  private let captions: EncodedCaptions
  private let validation: CaptionSet?
  /// What the scores in the model's configuration are called.
  private let scoreName: String
  private let selfCritical: SelfCritical?
  private let threads: Int
  private var trained: ModelInTraining<Network>
  /// Of captions, or, in self-critical training, of images.
  private var order: ShuffledOrder

  /// - Parameters:
  ///   - network: to begin with.
  ///   - captions: those of `training`.
  ///   - selfCritical: nil to learn from the captions that people wrote.
  /// - Precondition: there are captions.
  package init(
    _ model: CaptionModel, _ network: Network, training: CaptionSet, captions: EncodedCaptions,
    validation: CaptionSet?, scoreName: String,
    selfCritical: SelfCritical?, options: Options, threads: Int
  ) {
    self.model = model
    self.training = training
    self.captions = captions
    self.validation = validation
    self.scoreName = scoreName
    self.selfCritical = selfCritical
    self.options = options
    self.threads = threads
    trained = ModelInTraining(
      network, Optimizer(options.optimizer, weightDecay: options.weightDecay),
      averageDecay: options.averageDecay)
    order = ShuffledOrder(
      count: selfCritical == nil ? captions.captions.count : training.features.count,
      seed: options.seed)
  }

  /// How many numbers are trained.
  package var parameterCount: Int { trained.model.parameterCount }

  /// How many captions, or images, a step takes from the data.
  private var drawn: Int {
    selfCritical.map { max(1, options.batch / $0.samples) } ?? options.batch
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
      14 * hidden + 6 * embedding + 5 * training.features.channels + 3 * model.decoder.attention
      + min(model.vocabulary.count, (1 << 22) / max(1, rows)) * 2
    return 4 * (copies * parameterCount + rows * perRow)
  }

  package var state: State { State(order: order, trained: trained.state) }

  package var tensors: [String: [String: Tensor]] { trained.tensors }

  package mutating func restore(_ state: State, _ weights: (String) -> WeightReader) throws {
    try trained.restore(state.trained, weights)
    order = state.order
  }

  package mutating func step(_ index: Int, rate: Float) throws -> StepReport {
    var random = SeededRandom(seed: options.seed &+ UInt64(index + 1) &* 0xA24B_AED4_963E_E407)
    trained.gradients.reset()
    let numbers = (0..<drawn).map { _ in order.next() }
    let report: (loss: Double, parts: [String: Double], items: Int)
    if let selfCritical {
      report = try addReward(selfCritical, images: numbers, random: &random)
    } else {
      let own = numbers.map { captions.captions[$0] }
      var forcing = options.forcing
      forcing.ownWords = options.scheduledSampling?.probability(step: index) ?? 0
      let loss = forcing.addGradients(
        of: trained.model, batch(own.map { ($0.words, $0.image, !$0.isCut) }),
        to: &trained.gradients,
        random: &random, threads: threads)
      report = (
        loss.total, loss.attention == 0 ? [:] : ["words": loss.words, "attention": loss.attention],
        own.count
      )
    }
    let norm = try trained.update(
      loss: report.loss, step: index, rate: rate, clipNorm: options.clipNorm, threads: threads)
    return StepReport(
      loss: report.loss, parts: report.parts, gradientNorm: norm, items: report.items)
  }

  private func batch(_ captions: [(words: [Int], image: Int, isWhole: Bool)]) -> CaptionBatch {
    CaptionBatch(
      captions, features: training.features, start: model.startToken,
      end: model.vocabulary.configuration.end)
  }

  /// One step of self-critical training; the loss is the mean reward, negated.
  private mutating func addReward(
    _ selfCritical: SelfCritical, images: [Int], random: inout SeededRandom
  ) throws -> (loss: Double, parts: [String: Double], items: Int) {
    let samples = try selfCritical.samples(
      of: images, training.features, captioner(trained.model), random: &random
    ).filter { $0.isWhole || !$0.words.isEmpty }
    let batch = batch(samples.map { ($0.words, $0.image, $0.isWhole) })
    var forcing = options.forcing
    (forcing.labelSmoothing, forcing.attentionPenalty) = (0, 0)
    _ = forcing.addGradients(
      of: trained.model, batch,
      rowWeights: batch.layout.spread(samples.map { Float($0.advantage) }),
      to: &trained.gradients, random: &random, threads: threads)
    let reward = samples.reduce(0) { $0 + $1.reward } / Double(max(1, samples.count))
    return (-reward, ["reward": reward], samples.count)
  }

  private func captioner(_ network: Network) throws -> SetCaptioner {
    SetCaptioner(
      decoder: try model.makeDecoder(network.tensors, channels: training.features.channels),
      vocabulary: model.vocabulary, threads: threads)
  }

  /// CIDEr-D and BLEU-4 of the captions of the validation images.
  package func validate() throws -> [ValidationScore] {
    guard let validation else { return [] }
    let captions = try captioner(trained.result).sentences(
      Array(0..<validation.features.count), of: validation.features, options: model.decoding)
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
    let images = validation ?? training
    let first = Array(0..<min(options.examples, images.features.count))
    return zip(
      first,
      try captioner(trained.result).sentences(
        first, of: images.features, options: model.decoding)
    ).map { "\(images.names[$0]): \($1)" }
  }

  package func writeModel(to folder: String, _ scores: [ValidationScore]) throws {
    func score(_ metric: Metric) -> Double? { scores.first { $0.name == metric.rawValue }?.value }
    let bleu = [Metric.bleu1, .bleu2, .bleu3, .bleu4].compactMap(score)
    try model.write(
      trained.result.tensors,
      scores: scores.isEmpty
        ? nil
        : [scoreName: ModelConfiguration.Scores(cider: score(.ciderD), bleu: bleu)], to: folder)
  }
}
