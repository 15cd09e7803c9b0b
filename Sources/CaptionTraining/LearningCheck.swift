internal import Captioning
internal import Language
package import NeuralNet
internal import Tensors
package import Training

/// What a learning check tells while it goes on.
package enum LearningEvent: Sendable {
  case step(Int, StepReport)
  /// So many captions came out word for word.
  case search(Int, learnt: Int, of: Int)
}

/// Whether a set-up can learn at all: one caption each of a few images is read again and again, with
/// nothing that keeps a network from learning by heart, until greedy search gives every one of them
/// back. A set-up that cannot do even this will not learn from more (Karpathy 2019, “A Recipe for
/// Training Neural Networks”: overfit one batch).
package struct LearningCheck<Network: DecoderNetwork> {
  package struct Options: Sendable {
    package var optimizer = Optimizer.Method.adam()
    /// The learning rate of all steps.
    package var rate: Float = 1e-3
    /// Longer gradients are shortened to this Euclidean norm.
    package var clipNorm = 1.0
    /// How the encoder is trained, but for augmentation; nil where it is frozen.
    package var fineTuning: FineTuning?
    /// The most steps that are made.
    package var steps = 600
    package var seed: UInt64 = 1
    package init() {}
  }

  /// Steps from one search for captions to the next.
  private static var searchInterval: Int { 20 }

  private var task: CaptioningTask<Network>
  private let set: CaptionSet
  /// What is to be learnt.
  private let wanted: [(image: Int, text: String)]
  private let options: Options

  /// - Parameters:
  ///   - network: to begin with; with an encoder where the set is photos.
  ///   - captions: those of the set, one an image.
  /// - Precondition: there are captions.
  package init(
    _ model: CaptionModel, _ network: CaptioningNetwork<Network>, set: CaptionSet,
    captions: EncodedCaptions, options: Options, threads: Int
  ) {
    wanted = captions.captions.map {
      ($0.image, Sentence(words: model.vocabulary.words(of: $0.words)).text)
    }
    self.set = set
    self.options = options
    var greedy = DecodingOptions()
    (greedy.beamWidth, greedy.maximumLength) = (1, model.decoding.maximumLength)
    // Captions in which the unknown word stands are learnt as they are.
    greedy.neverEmit = []
    var plain = CaptioningTask<Network>.Options()
    (plain.forcing.labelSmoothing, plain.forcing.attentionPenalty) = (0, 0)
    (plain.forcing.embeddingDropout, plain.forcing.outputDropout) = (0, 0)
    plain.averageDecay = 0
    plain.optimizer = options.optimizer
    plain.clipNorm = options.clipNorm
    plain.fineTuning = options.fineTuning
    plain.fineTuning?.augmentation = nil
    plain.batch = captions.captions.count
    plain.seed = options.seed
    task = CaptioningTask(
      CaptionModel(
        name: model.name, encoder: model.encoder, decoder: model.decoder,
        vocabulary: model.vocabulary, decoding: greedy),
      network, training: set, captions: captions, validation: nil, scoreName: "",
      selfCritical: nil, options: plain, threads: threads)
  }

  /// How many numbers are trained.
  package var parameterCount: Int { task.parameterCount }

  /// Makes steps until all captions are learnt, the loss is no number any more, or there were as
  /// many as the options say.
  ///
  /// - Throws: `ImagingError` where a photo cannot be read; `NetworkError`, `WeightError`.
  package mutating func run(observe: (LearningEvent) -> Void = { _ in }) throws -> LearningReport {
    var report = LearningReport(captions: wanted.count)
    do {
      while report.steps < options.steps, !report.isLearnt {
        let step = try task.step(report.steps, rate: options.rate)
        report.losses.append(step.loss)
        observe(.step(report.steps, step))
        if report.steps % Self.searchInterval == 0 || report.steps == options.steps {
          let found = try task.sentences(wanted.map(\.image), of: set)
          report.mistakes = zip(wanted, found).compactMap { wanted, found in
            wanted.text == found
              ? nil : .init(name: set.names[wanted.image], wanted: wanted.text, found: found)
          }
          observe(.search(report.steps, learnt: report.learnt, of: wanted.count))
        }
      }
    } catch TrainingError.diverged(_, let what) {
      report.divergence = what
    }
    guard !report.canLearn else { return report }
    do {
      report.seesAlike = try seesAlike()
    } catch TrainingError.diverged(_, let what) {
      report.divergence = report.divergence ?? what
    }
    return report
  }

  /// Whether all images look the same to the decoder: whether the features' distance from their mean
  /// is below a hundredth of their size, both as root mean squares over the images.
  private func seesAlike() throws -> Bool {
    guard wanted.count > 1 else { return false }
    var (sum, squares) = ([Double](), 0.0)
    try task.look(at: wanted.map(\.image), of: set) { block, source in
      for image in block {
        let features = source.features(of: [image]).elements
        if sum.isEmpty { sum = [Double](repeating: 0, count: features.count) }
        for (index, value) in features.enumerated() {
          sum[index] += Double(value)
          squares += Double(value) * Double(value)
        }
      }
    }
    let count = Double(wanted.count)
    let ofMean = sum.reduce(0) { $0 + $1 * $1 } / count
    return squares - ofMean <= 1e-4 * squares
  }
}
