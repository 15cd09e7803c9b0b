import NeuralNet
import Tensors

/// Steps of training, with random numbers.
func trainingBenchmarks(threads: Int) -> [Benchmark] {
  [256, 512].map { lstmTrainingBenchmark(hidden: $0, threads: threads) }
    + [
      languageModelBenchmark(threads: threads), decoderTrainingBenchmark(threads: threads),
      networkTrainingBenchmark(threads: threads),
    ]
}

/// Forward, backward and Adam's update of one LSTM layer over 64 sequences of 50 steps.
private func lstmTrainingBenchmark(hidden: Int, threads: Int) -> Benchmark {
  let (batch, steps, inputs) = (64, 50, 256)
  return Benchmark(
    name: "train/lstm/hidden\(hidden)/threads\(threads)",
    peerTask: PeerTask(
      peers: ["pytorch"], name: "lstm-training",
      parameters: [
        "batch": batch, "steps": steps, "inputs": inputs, "hidden": hidden, "threads": threads,
      ])
  ) {
    var random = SeededRandom(seed: 1)
    var cell = LSTMCell(inputs: inputs, hidden: hidden, random: &random)
    var gradients = cell.zeros()
    var optimizer = Optimizer(.adam())
    let layout = SequenceLayout(sequences: batch, steps: steps)
    let input = Tensor(uniform: [layout.rows, inputs], bound: 1, random: &random)
    let slope = Tensor(uniform: [layout.rows, hidden], bound: 1, random: &random)
    let products = layout.rows * (inputs + hidden) * 4 * hidden
    return Benchmark.Work(operations: Double(6 * products)) {
      gradients.reset()
      let trace = cell.forward(input, layout, threads: threads)
      _ = cell.backward(trace, slope, gradients: &gradients, threads: threads)
      optimizer.update(&cell, gradients, rate: 1e-3, threads: threads)
    }
  }
}

/// A language model of one LSTM layer over a vocabulary of 10,000 words.
private struct LanguageModel: Trainable {
  var embedding: Embedding
  var lstm: LSTMCell
  var output: Linear

  mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("embedding", &embedding)
    visit("lstm", &lstm)
    visit("output", &output)
  }
}

/// A whole step of a language model: embedding, dropout, LSTM, dropout, softmax cross-entropy over
/// 10,000 words, clipping and Adam, of 64 sequences of 35 steps.
private func languageModelBenchmark(threads: Int) -> Benchmark {
  let (batch, steps, size, words) = (64, 35, 256, 10_000)
  return Benchmark(
    name: "train/language-model/threads\(threads)",
    peerTask: PeerTask(
      peers: ["pytorch"], name: "language-model-training",
      parameters: [
        "batch": batch, "steps": steps, "size": size, "words": words, "threads": threads,
      ])
  ) {
    var random = SeededRandom(seed: 1)
    var model = LanguageModel(
      embedding: Embedding(tokens: words, size: size, random: &random),
      lstm: LSTMCell(inputs: size, hidden: size, random: &random),
      output: Linear(inputs: size, outputs: words, random: &random))
    var gradients = model.zeros()
    var optimizer = Optimizer(.adam())
    let dropout = Dropout(0.5)
    let layout = SequenceLayout(sequences: batch, steps: steps)
    let ids = (0..<layout.rows).map { _ in Int.random(in: 0..<words, using: &random) }
    let targets = (0..<layout.rows).map { _ in Int.random(in: 0..<words, using: &random) }
    let products = layout.rows * size * (8 * size + words)
    return Benchmark.Work(operations: Double(6 * products)) {
      gradients.reset()
      let beforeInput = random
      let input = dropout(model.embedding(ids), random: &random, threads: threads)
      let trace = model.lstm.forward(input, layout, threads: threads)
      let beforeOutput = random
      let output = dropout(trace.output, random: &random, threads: threads)
      let (_, outputGradient) = SoftmaxCrossEntropy()(
        output, through: model.output, targets: targets, gradients: &gradients.output,
        threads: threads)
      let (inputGradient, _) = model.lstm.backward(
        trace, dropout.backward(outputGradient, random: beforeOutput, threads: threads),
        gradients: &gradients.lstm, threads: threads)
      model.embedding.backward(
        dropout.backward(inputGradient, random: beforeInput, threads: threads), ids: ids,
        gradients: &gradients.embedding)
      gradients.clip(toNorm: 5, threads: threads)
      optimizer.update(&model, gradients, rate: 1e-3, threads: threads)
    }
  }
}

/// A decoder with attention, after the image features.
private struct Decoder: Trainable {
  var embedding: Embedding
  var recurrence: AttentionLSTM
  var output: Linear

  mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("embedding", &embedding)
    visit("recurrence", &recurrence)
    visit("output", &output)
  }
}

/// A whole step of a decoder with attention and gate over 49 regions of 512 channels, of 64
/// sentences of 20 words, with dropout before the output layer and Adam.
private func decoderTrainingBenchmark(threads: Int) -> Benchmark {
  let (batch, steps, regions, size, words) = (64, 20, 49, 512, 10_000)
  return Benchmark(
    name: "train/attention-decoder/threads\(threads)",
    peerTask: PeerTask(
      peers: ["pytorch"], name: "decoder-training",
      parameters: [
        "batch": batch, "steps": steps, "regions": regions, "size": size, "words": words,
        "threads": threads,
      ])
  ) {
    var random = SeededRandom(seed: 1)
    var decoder = Decoder(
      embedding: Embedding(tokens: words, size: size, random: &random),
      recurrence: AttentionLSTM(
        attention: AdditiveAttention(
          channels: size, hidden: size, size: size, activation: .relu, random: &random),
        contextGate: Linear(inputs: size, outputs: size, random: &random),
        cell: LSTMCell(inputs: 2 * size, hidden: size, random: &random)),
      output: Linear(inputs: size, outputs: words, random: &random))
    var gradients = decoder.zeros()
    var optimizer = Optimizer(.adam())
    let dropout = Dropout(0.5)
    let layout = SequenceLayout(sequences: batch, steps: steps)
    let images = Tensor(uniform: [batch, regions, size], bound: 1, random: &random)
    let zeros = LSTMState(hidden: Tensor([batch, size]), cell: Tensor([batch, size]))
    let ids = (0..<layout.rows).map { _ in Int.random(in: 0..<words, using: &random) }
    let targets = (0..<layout.rows).map { _ in Int.random(in: 0..<words, using: &random) }
    // Word, context and state into the gates; state into query and gate; the output layer; and
    // forward and gradient of the keys.
    let products =
      layout.rows * size * (12 * size + 2 * size + words) + batch * regions * size * size * 2 / 3
    return Benchmark.Work(operations: Double(6 * products)) {
      gradients.reset()
      let trace = decoder.recurrence.forward(
        decoder.embedding(ids), layout, regions: images, initial: zeros, threads: threads)
      let before = random
      let (_, slope) = SoftmaxCrossEntropy()(
        dropout(trace.output, random: &random, threads: threads), through: decoder.output,
        targets: targets, gradients: &gradients.output, threads: threads)
      let found = decoder.recurrence.backward(
        trace, dropout.backward(slope, random: before, threads: threads),
        gradients: &gradients.recurrence, skipsRegions: true, threads: threads)
      decoder.embedding.backward(found.words, ids: ids, gradients: &gradients.embedding)
      gradients.clip(toNorm: 5, threads: threads)
      optimizer.update(&decoder, gradients, rate: 1e-3, threads: threads)
    }
  }
}
