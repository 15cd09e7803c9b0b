import CaptionTraining
import Captioning
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

/// What an encoder might have seen of images, `[images, regions, channels]`.
private struct RandomFeatures: FeatureSource {
  let all: Tensor

  var count: Int { all.shape[0] }
  var grid: (height: Int, width: Int) { (1, all.shape[1]) }
  var channels: Int { all.shape[2] }

  func features(of images: [Int]) -> Tensor {
    all.reshaped([count, all.shape[1] * channels]).rows(images)
      .reshaped([images.count, all.shape[1], channels])
  }
}

/// A whole step of the decoder with attention and gate, as it is trained, over 49 regions of 512
/// channels, of 64 sentences of 20 words, with dropout before the output layer and Adam.
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
    var configuration = DecoderConfiguration(attention: size, embedding: size, hidden: size)
    configuration.initialState = .zero
    var decoder = AttentionNetwork(
      configuration, channels: size, vocabularySize: words, random: &random)
    var gradients = decoder.zeros()
    var optimizer = Optimizer(.adam())
    var forcing = TeacherForcing()
    (forcing.labelSmoothing, forcing.attentionPenalty) = (0, 0)
    forcing.embeddingDropout = 0
    let captions = (0..<batch).map { image in
      (
        words: (1..<steps).map { _ in Int.random(in: 0..<words, using: &random) }, image: image,
        isWhole: true
      )
    }
    let captionBatch = CaptionBatch(
      captions,
      features: RandomFeatures(
        all: Tensor(uniform: [batch, regions, size], bound: 1, random: &random)),
      start: 1, end: 2)
    // Word, context and state into the gates; state into query and gate; the output layer; and
    // forward and gradient of the keys.
    let products =
      batch * steps * size * (12 * size + 2 * size + words)
      + batch * regions * size * size * 2 / 3
    return Benchmark.Work(operations: Double(6 * products)) {
      gradients.reset()
      _ = forcing.addGradients(
        of: decoder, captionBatch, to: &gradients, random: &random, threads: threads)
      gradients.clip(toNorm: 5, threads: threads)
      optimizer.update(&decoder, gradients, rate: 1e-3, threads: threads)
    }
  }
}
