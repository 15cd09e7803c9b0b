internal import Foundation
internal import Language
internal import ModelFiles
internal import NeuralNet
internal import Tensors
package import Training

/// What a model is to say of a text.
package enum TrainingTarget: Equatable, Sendable {
  /// The number of its label.
  case label(Int)
  /// How likely each label is, in another model's opinion (Hinton et al. 2015, "Distilling the
  /// Knowledge in a Neural Network", arXiv 1503.02531).
  case probabilities([Float])
  /// That nothing is said either way: all labels are equally likely.
  case undecided

  /// Nil where it is not one label.
  var label: Int? {
    if case .label(let label) = self { label } else { nil }
  }

  /// The weight of a label in the cross-entropy; those of all sum to 1.
  func weight(of label: Int, classes: Int) -> Float {
    switch self {
    case .label(let own): label == own ? 1 : 0
    case .probabilities(let probabilities): probabilities[label]
    case .undecided: 1 / Float(classes)
    }
  }
}

/// Texts with labels, of which each step takes some.
package struct TrainingSource: Sendable {
  /// What messages call it.
  package let name: String
  package let texts: EncodedTexts
  package let targets: [TrainingTarget]
  /// How many texts a step takes.
  package let textsPerStep: Int

  package init(
    name: String, texts: EncodedTexts, targets: [TrainingTarget], textsPerStep: Int
  ) {
    self.name = name
    self.texts = texts
    self.targets = targets
    self.textsPerStep = textsPerStep
  }
}

/// Texts with labels to measure a model by.
package struct ValidationSource: Sendable {
  package let name: String
  package let texts: [String]
  package let labels: [Int]

  package init(name: String, texts: [String], labels: [Int]) {
    self.name = name
    self.texts = texts
    self.labels = labels
  }
}

/// Trains a classifier on texts with labels.
///
/// The loss is the sum over the sources of the mean cross-entropy of their texts, and, with less
/// weight and more smoothing, of single windows of the long ones: a review's windows mostly think
/// what the review thinks. What is measured and written is the moving average of the parameters.
package struct ClassificationTask: ModelTask {
  package struct Options: Codable, Equatable, Sendable {
    package var regularization = TextEncoder.Regularization(embedding: 0.2, states: 0.3)
    package var drops = WordDrops(pieces: 0.04, blank: 0.08)
    package var labelSmoothing: Float = 0.05
    /// The weight of single windows' loss, and its label smoothing.
    package var windowWeight: Float = 0.3
    package var windowSmoothing: Float = 0.2
    /// The most windows that a step reads of a text.
    package var windowsPerText = 5
    /// How tightly long texts are packed into windows: words, drawn for each text.
    package var packing = 20...TextWindows.length
    /// The probability that a single sentence loses or gains its full stop.
    package var fullStopChanges: Float = 0.35
    /// What the head's learning rate is of the encoder's.
    package var headRate: Float = 2
    package var weightDecay: Float = 0
    package var averageDecay: Float = 0.998
    /// Longer gradients are shortened to this Euclidean norm.
    package var clipNorm = 1.0
    package var seed: UInt64 = 1
    package init() {}
  }

  private let options: Options
  private let configuration: SentimentConfiguration
  private let reader: WordReader
  private let windows: TextWindows
  private let sources: [TrainingSource]
  private let validation: [ValidationSource]
  private let threads: Int
  private let fullStop: Int32?
  /// The pieces of the unknown words of all sources, and where each source's begin.
  private let unknown: [[Int32]]
  private let unknownOffsets: [Int32]
  package var trained: ModelInTraining<TextNetwork>
  /// By source.
  package var order: [ShuffledOrder]
  /// What the last validation found: logits up to a constant, and the right label.
  private var answers: [(logits: [Double], label: Int)] = []

  /// - Parameter network: to begin with.
  /// - Precondition: there is at least one source, and none is without texts.
  package init(
    _ configuration: SentimentConfiguration, _ reader: WordReader, _ network: TextNetwork,
    sources: [TrainingSource], validation: [ValidationSource], options: Options, threads: Int
  ) {
    precondition(!sources.isEmpty, "training on nothing")
    self.configuration = configuration
    self.reader = reader
    self.sources = sources
    self.validation = validation
    self.options = options
    self.threads = threads
    windows = TextWindows(reader)
    fullStop = reader.words.id(of: ".").map { Int32($0) }
    trained = ModelInTraining(
      network,
      Optimizer(.adamW(beta1: 0.9, beta2: 0.98), weightDecay: options.weightDecay),
      averageDecay: options.averageDecay)
    var unknown: [[Int32]] = []
    unknownOffsets = sources.map { source in
      defer { unknown += source.texts.unknown.pieces }
      return Int32(unknown.count)
    }
    self.unknown = unknown
    order = sources.indices.map {
      ShuffledOrder(
        count: sources[$0].targets.count, seed: options.seed &+ UInt64($0) &* 0x5851_F42D)
    }
  }

  package mutating func step(_ index: Int, rate: Float) throws -> StepReport {
    var random = SeededRandom(seed: options.seed, step: index)
    let step = draw(&random)
    let network = trained.model
    let layout = SequenceLayout(lengths: step.sequences.map(\.count))
    let batch = options.drops(
      layout.packed(step.sequences), unknown: unknown, reader, random: &random)
    let trace = network.encoder(
      batch, layout, regularization: options.regularization, random: &random, threads: threads)
    let opinions = network.head(trace.states, layout, threads: threads)
    let answers = network.head.answers(
      opinions, layout, groups: step.groups, count: step.targets.count)
    var parts: [String: Double] = [:]
    var gradient = Tensor(answers.logits.shape)
    for (source, texts) in step.sourceTexts.enumerated() where !texts.isEmpty {
      parts[sources[source].name] = addLoss(
        answers.logits, step.targets, texts, gradient: &gradient)
    }
    var passes = [(answers: answers, gradient: gradient)]
    var total = parts.values.reduce(0, +)
    let long = step.windowLabels
    if options.windowWeight > 0, long.contains(where: { $0 != nil }) {
      let single = network.head.answers(
        opinions, layout, groups: Array(step.sequences.indices), count: step.sequences.count)
      let (own, change) = SoftmaxCrossEntropy(labelSmoothing: options.windowSmoothing)(
        single.logits, targets: long)
      parts["windows"] = own
      total += Double(options.windowWeight) * own
      let scaled = Tensor(change.shape, change.elements.map { $0 * options.windowWeight })
      passes.append((single, scaled))
    }
    trained.gradients.reset()
    let stateGradient = network.head.backward(
      opinions, passes, states: trace.states, layout, gradients: &trained.gradients.head,
      threads: threads)
    network.encoder.backward(
      trace, stateGradient, gradients: &trained.gradients.encoder, threads: threads)
    let headRate = options.headRate
    let norm = try trained.update(
      loss: total, step: index, rate: rate, clipNorm: options.clipNorm, threads: threads,
      rateFactor: { $0.hasPrefix("head.") ? headRate : 1 })
    return StepReport(
      loss: total, parts: parts, gradientNorm: norm, items: batch.tokens.count)
  }

  /// The mean loss of some texts.
  ///
  /// - Parameter gradient: receives the sum of what it holds and the gradient of the logits.
  private func addLoss(
    _ logits: Tensor, _ targets: [TrainingTarget], _ texts: Range<Int>, gradient: inout Tensor
  ) -> Double {
    var sum = 0.0
    func add(_ smoothing: Float, weights: [Float]?, label: (Int) -> Int?) {
      let labels = targets.indices.map { texts ~= $0 ? label($0) : nil }
      guard labels.contains(where: { $0 != nil }) else { return }
      let (loss, change) = SoftmaxCrossEntropy(labelSmoothing: smoothing)(
        logits, targets: labels, divisor: texts.count, weights: weights)
      sum += loss
      TrainingMath.add(
        change.elements, scaledBy: 1, count: change.shape.count, into: &gradient.elements)
    }
    add(options.labelSmoothing, weights: nil) { targets[$0].label }
    guard targets[texts].contains(where: { $0.label == nil }) else { return sum }
    // The cross-entropy with probabilities is the sum of those with each label, so weighted.
    let classes = configuration.labels.count
    for label in 0..<classes {
      let weights = targets.map { $0.weight(of: label, classes: classes) }
      add(0, weights: weights) { targets[$0].label == nil ? label : nil }
    }
    return sum
  }

  /// What a step reads.
  private struct Drawn {
    /// Windows of texts.
    var sequences: [[Int32]] = []
    /// For each window its text.
    var groups: [Int] = []
    /// For each text what the model is to say of it.
    var targets: [TrainingTarget] = []
    /// For each window its text's label, where the text has several.
    var windowLabels: [Int?] = []
    /// For each source its texts.
    var sourceTexts: [Range<Int>] = []
  }

  private mutating func draw(_ random: inout SeededRandom) -> Drawn {
    var step = Drawn()
    for (index, source) in sources.enumerated() {
      let first = step.targets.count
      let offset = unknownOffsets[index]
      for _ in 0..<source.textsPerStep {
        let number = order[index].next()
        let own = sample(source.texts.texts[number], &random)
        guard !own.isEmpty else { continue }
        for window in own {
          step.sequences.append(window.map { $0 >= 0 ? $0 : $0 - offset })
          step.groups.append(step.targets.count)
          step.windowLabels.append(own.count > 1 ? source.targets[number].label : nil)
        }
        step.targets.append(source.targets[number])
      }
      step.sourceTexts.append(first..<step.targets.count)
    }
    return step
  }

  /// Some windows of a text, in their order.
  private func sample(_ text: [Int32], _ random: inout SeededRandom) -> [[Int32]] {
    let cut = windows.cut(text, limit: Int.random(in: options.packing, using: &random))
    let most = options.windowsPerText
    if cut.count == 1 {
      var sentence = Array(text[cut[0]])
      if let fullStop, random.uniform() < options.fullStopChanges {
        if sentence.last != fullStop {
          sentence.append(fullStop)
        } else if sentence.count > 1 {
          sentence.removeLast()
        }
      }
      return [sentence]
    }
    guard cut.count > most else { return cut.map { Array(text[$0]) } }
    // Beginning and end mostly say what the whole does; the others are read as often.
    let chosen =
      random.uniform() < 0.5
      ? Array(cut.indices.shuffled(using: &random).prefix(most).sorted())
      : Array(0..<most / 2) + Array(cut.count - (most - most / 2)..<cut.count)
    return chosen.map { Array(text[cut[$0]]) }
  }

  package var isMeasured: Bool { !validation.isEmpty }

  package mutating func validate() throws -> [ValidationScore] {
    let classifier = SentimentClassifier(
      SentimentConfiguration(
        name: configuration.name, labels: configuration.labels, temperature: 1,
        network: configuration.network, vocabulary: configuration.vocabulary),
      reader, trained.result)
    answers = []
    return validation.map { source in
      var right = 0
      for (result, label) in zip(
        classifier.classify(source.texts, threads: threads), source.labels)
      {
        guard let probabilities = try? result.get().probabilities else { continue }
        right += Self.best(probabilities) == label ? 1 : 0
        answers.append((probabilities.map { log(max($0, 1e-12)) }, label))
      }
      return ValidationScore(source.name, Double(right) / Double(max(1, source.texts.count)))
    }
  }

  package func writeModel(to folder: String, _ scores: [ValidationScore]) throws {
    let configuration = SentimentConfiguration(
      name: configuration.name, labels: configuration.labels, temperature: temperature(),
      network: configuration.network, vocabulary: ModelFolder.vocabularyFile,
      accuracy: scores.isEmpty
        ? nil
        : Dictionary(scores.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }))
    let folder = ModelFolder(path: folder)
    try writeSafetensors(trained.result.tensors, to: folder.weightsPath, precision: .float16)
    try folder.write(configuration, words: reader.words.words)
  }

  private static func best(_ probabilities: [Double]) -> Int? {
    probabilities.indices.max { probabilities[$0] < probabilities[$1] }
  }

  /// The temperature under which the labels of the texts that were validated are most probable; 1
  /// without any.
  private func temperature() -> Double {
    guard !answers.isEmpty else { return 1 }
    func loss(_ temperature: Double) -> Double {
      answers.reduce(0) { sum, answer in
        let scaled = answer.logits.map { $0 / temperature }
        let largest = scaled.max() ?? 0
        let all = scaled.reduce(0) { $0 + exp($1 - largest) }
        return sum + log(all) + largest - scaled[answer.label]
      }
    }
    // The loss has one minimum: three points close in on it.
    var (low, high) = (0.2, 5.0)
    while high - low > 0.005 {
      let (first, second) = (low + (high - low) / 3, high - (high - low) / 3)
      if loss(first) < loss(second) { high = second } else { low = first }
    }
    return ((low + high) / 2 * 100).rounded() / 100
  }
}
