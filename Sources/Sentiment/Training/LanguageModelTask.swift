internal import Foundation
internal import Language
internal import ModelFiles
internal import NeuralNet
internal import Tensors
package import Training

/// Pre-trains a language model on texts, which need no labels.
///
/// The texts stand one after the other in a new order each epoch; a step reads `windows` pieces of
/// `length` words.
package struct LanguageModelTask: ModelTask {
  package struct Options: Codable, Equatable, Sendable {
    package var windows = 96
    package var length = 64
    /// Words drawn a step for the loss.
    package var negatives = 1280
    package var dropout: Float = 0.1
    /// The probability that a known word is read by its pieces.
    package var pieces: Float = 0.05
    /// Longer gradients are shortened to this Euclidean norm.
    package var clipNorm = 1.0
    package var seed: UInt64 = 1
    package init() {}
  }

  private let options: Options
  private let configuration: TextNetworkConfiguration
  private let reader: WordReader
  private let texts: EncodedTexts
  private let loss: SampledSoftmax
  private let threads: Int
  package var trained: ModelInTraining<LanguageModel>
  /// Of blocks, of which each step reads one.
  package var order: ShuffledOrder
  /// This epoch's texts in one.
  private var stream: [Int32]
  private var streamEpoch: Int

  /// - Throws: `TrainingError.options` if the network cannot be a language model; `.data` if the
  ///   texts are too short for a single step, or have none of the model's words.
  package init(
    _ configuration: TextNetworkConfiguration, _ reader: WordReader, _ texts: EncodedTexts,
    options: Options, threads: Int
  ) throws {
    guard !configuration.isBidirectional || configuration.layers == 1 else {
      throw TrainingError.options(
        "a language model read in both directions has one layer: the second would see the words "
          + "that it should foretell")
    }
    let counts = texts.counts(words: reader.words.count)
    let needed = options.windows * options.length + 2
    guard texts.size + texts.texts.count >= needed else {
      throw TrainingError.data(
        path: "the texts", reason: "they have \(texts.size) words, a step reads \(needed)")
    }
    guard counts.contains(where: { $0 > 0 }) else {
      throw TrainingError.data(
        path: "the texts",
        reason: "they have none of the model's \(reader.words.count) words, which are too few")
    }
    var random = SeededRandom(seed: options.seed)
    self.options = options
    self.configuration = configuration
    self.reader = reader
    self.texts = texts
    self.threads = threads
    loss = SampledSoftmax(counts: counts, negatives: options.negatives)
    trained = ModelInTraining(
      LanguageModel(configuration, counts: counts, random: &random),
      Optimizer(.adam(beta1: 0.9, beta2: 0.99)))
    let words = texts.size + texts.texts.count
    order = ShuffledOrder(
      count: (words - 2) / (options.windows * options.length), seed: options.seed)
    streamEpoch = 0
    stream = []
    stream = shuffledStream(epoch: 0)
  }

  /// Texts begin after a break of paragraphs.
  private func shuffledStream(epoch: Int) -> [Int32] {
    var random = SeededRandom(seed: options.seed &+ 77 &+ UInt64(epoch) &* 1_000_003)
    let paragraph = Int32(reader.words.id(of: TextTokenizer.paragraph) ?? 0)
    return texts.texts.shuffled(using: &random).flatMap { $0 + [paragraph] }
  }

  package mutating func step(_ index: Int, rate: Float) throws -> StepReport {
    var random = SeededRandom(seed: options.seed, step: index)
    let block = order.next()
    if order.epoch != streamEpoch {
      streamEpoch = order.epoch
      stream = shuffledStream(epoch: streamEpoch)
    }
    // With a word on each side of what a direction reads.
    let steps = options.length + 2
    let sequences = options.windows
    let layout = SequenceLayout(sequences: sequences, steps: steps)
    let first = block * sequences * options.length
    let windows = (0..<sequences).map { window -> [Int32] in
      let start = first + window * options.length
      return Array(stream[start..<min(stream.count, start + steps)])
    }
    let tokens = layout.packed(windows)
    let batch = WordDrops(pieces: options.pieces, blank: 0)(
      tokens, unknown: texts.unknown.pieces, reader, random: &random)
    let model = trained.model
    let trace = model.encoder(
      batch, layout,
      regularization: .init(embedding: options.dropout, states: options.dropout),
      random: &random, threads: threads)
    let drawn = loss.draw(random: &random)
    trained.gradients.reset()
    let directions = model.reverse == nil ? 1 : 2
    let hidden = configuration.hidden
    let all = trace.states.shape[0]
    var stateGradients: [Tensor] = []
    var total = 0.0
    for direction in 0..<directions {
      // A row of the forward states foretells the word one step on, `sequences` rows further.
      let rows = (0..<all).filter { row in
        let target = direction == 0 ? row + sequences : row - sequences
        return tokens.indices.contains(target) && tokens[target] > 0
      }
      let targets = rows.map { Int(tokens[direction == 0 ? $0 + sequences : $0 - sequences]) }
      let states = trace.states.rows(
        rows, columns: direction * hidden..<(direction + 1) * hidden)
      let layer = direction == 0 ? model.forward : model.reverse ?? model.forward
      let (own, gradient) = loss(
        layer(states, threads: threads), targets: targets, drawn: drawn,
        table: model.encoder.embedding.words, bias: model.bias, weight: 1 / Float(directions),
        tableGradient: &trained.gradients.encoder.embedding.words,
        biasGradient: &trained.gradients.bias,
        threads: threads)
      total += own / Double(directions)
      func addGradients(_ gradients: inout Linear) {
        layer.addGradients(gradient, input: states, to: &gradients, threads: threads)
      }
      if direction == 0 {
        addGradients(&trained.gradients.forward)
      } else {
        trained.gradients.reverse.changeInPlace(addGradients)
      }
      stateGradients.append(
        gradient.matmul(layer.weight, threads: threads).sums(ofRows: rows, count: all))
    }
    let stateGradient =
      directions == 1 ? stateGradients[0] : Tensor(beside: stateGradients[0], stateGradients[1])
    model.encoder.backward(
      trace, stateGradient, gradients: &trained.gradients.encoder, threads: threads)
    let norm = try trained.update(
      loss: total, step: index, rate: rate, clipNorm: options.clipNorm, threads: threads)
    return StepReport(loss: total, gradientNorm: norm, items: tokens.count)
  }

  /// A language model is measured by its loss alone.
  package var isMeasured: Bool { false }

  package func validate() throws -> [ValidationScore] { [] }

  package func writeModel(to folder: String, _ scores: [ValidationScore]) throws {
    let folder = ModelFolder(path: folder)
    try writeSafetensors(trained.result.tensors, to: folder.weightsPath, precision: .float16)
    try folder.write(
      LanguageModelConfiguration(network: configuration), words: reader.words.words)
  }
}
