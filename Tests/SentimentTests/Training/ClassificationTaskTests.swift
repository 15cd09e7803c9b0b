import Foundation
import Language
import ModelFiles
import NeuralNet
import Sentiment
import Tensors
import TestSupport
import Testing
import Training

@Suite struct ClassificationTaskTests {
  /// Sentences in which “not” turns the meaning round.
  private static let sentences: [(String, Int)] = ["good", "fine", "bad", "poor"].flatMap { word in
    let isGood = word == "good" || word == "fine"
    return ["the film is", "it was", "a cup of tea is", "we are"].flatMap { start in
      [("\(start) \(word).", isGood ? 1 : 0), ("\(start) not \(word).", isGood ? 0 : 1)]
    }
  }

  private func task(
    _ pooling: StatePooling, layers: Int, threads: Int = 1, labelSmoothing: Float = 0.05,
    target: (Int) -> TrainingTarget = { .label($0) }
  ) throws -> ClassificationTask {
    var network = TextNetworkConfiguration()
    network.embedding = 12
    network.hidden = 12
    network.layers = layers
    network.pooling = pooling
    network.buckets = 64
    var counter = WordCounter()
    let tokens = Self.sentences.map { TextTokenizer.words(of: $0.0) }
    for words in tokens { counter.add(words) }
    let start = TextModelStart(words: try counter.words(limit: 100), network: network)
    let texts = EncodedTexts(tokens, start.reader)
    var options = ClassificationTask.Options()
    options.averageDecay = 0.9
    options.regularization = .init(embedding: 0, states: 0.1)
    options.drops.blank = 0
    options.labelSmoothing = labelSmoothing
    let labels = ["negative", "positive"]
    return ClassificationTask(
      SentimentConfiguration(
        name: "toy", labels: labels, temperature: 1, network: network,
        vocabulary: ModelFolder.vocabularyFile),
      start.reader, try start.classifier(labels: labels, seed: 3),
      sources: [
        TrainingSource(
          name: "toy", texts: texts, targets: Self.sentences.map { target($0.1) },
          textsPerStep: 16)
      ],
      validation: [
        ValidationSource(
          name: "toy", texts: Self.sentences.map(\.0), labels: Self.sentences.map(\.1))
      ], options: options, threads: threads)
  }

  private func run(
    _ task: ClassificationTask, _ folder: TemporaryFolder, steps: Int = 120
  ) throws -> TrainingRun<ClassificationTask> {
    try TrainingRun(
      task,
      .init(
        steps: steps, schedule: LearningRateSchedule(peak: 1e-2, warmUp: 10),
        validationInterval: 40, checkpointInterval: 10),
      folder: folder.path, resumes: true, fingerprint: "toy")
  }

  @Test(arguments: [StatePooling.attention, .last], [1, 2])
  func `a classifier learns what “not” does, and is read back`(
    pooling: StatePooling, layers: Int
  ) throws {
    let folder = try TemporaryFolder()
    var run = try run(task(pooling, layers: layers), folder)
    try run.run()
    let classifier = try SentimentClassifier(ModelFolder(path: folder.path))
    #expect(classifier.configuration.accuracy?["toy"] == 1)
    for (text, label) in Self.sentences {
      let sentiment = try classifier.classify(text)
      #expect(sentiment.label == classifier.configuration.labels[label], "\(text)")
    }
  }

  @Test func `a run goes on as if never interrupted`() throws {
    let (whole, parts) = (try TemporaryFolder(), try TemporaryFolder())
    var reference = try run(task(.attention, layers: 1), whole, steps: 30)
    try reference.run()
    var first = try run(task(.attention, layers: 1), parts, steps: 30)
    try first.run(shouldStop: { true })
    for expected in [1, 17] {
      var next = try run(task(.attention, layers: 1), parts, steps: 30)
      #expect(next.step == expected)
      var made = next.step
      try next.run {
        made == 17
      } observe: { event in
        if case .step = event { made += 1 }
      }
    }
    let (a, b) = (
      try SafetensorsFile(path: whole.path + "/model.safetensors"),
      try SafetensorsFile(path: parts.path + "/model.safetensors")
    )
    for name in a.entries.keys {
      #expect(try a.tensor(name) == b.tensor(name), "\(name)")
    }
  }

  @Test func `the number of threads changes nothing but rounding`() throws {
    var one = try task(.attention, layers: 1)
    var two = try task(.attention, layers: 1, threads: 2)
    for index in 0..<5 {
      let (a, b) = (try one.step(index, rate: 1e-3), try two.step(index, rate: 1e-3))
      #expect(abs(a.loss - b.loss) < 1e-4)
    }
  }

  @Test func `a label is a probability of 1, and undecided all equally likely`() throws {
    func losses(_ target: @escaping (Int) -> TrainingTarget) throws -> [Double] {
      var task = try task(.attention, layers: 1, labelSmoothing: 0, target: target)
      return try (0..<4).map { try task.step($0, rate: 1e-3).loss }
    }
    func expectEqual(_ a: [Double], _ b: [Double]) {
      for (a, b) in zip(a, b) { #expect(abs(a - b) < 1e-6) }
    }
    expectEqual(
      try losses { .label($0) }, try losses { .probabilities($0 == 1 ? [0, 1] : [1, 0]) })
    expectEqual(try losses { _ in .undecided }, try losses { _ in .probabilities([0.5, 0.5]) })
    let soft = try losses { .probabilities($0 == 1 ? [0.25, 0.75] : [0.75, 0.25]) }
    let hard = try losses { .label($0) }
    // Before the first step nothing is known: all targets are as surprising.
    #expect(abs(soft[0] - hard[0]) < 0.05 && soft[3] != hard[3])
  }

  @Test func `a model learns the probabilities that it is taught`() throws {
    var task = try task(.attention, layers: 1) {
      .probabilities($0 == 1 ? [0.2, 0.8] : [0.7, 0.3])
    }
    let losses = try (0..<160).map { try task.step($0, rate: 1e-2).loss }
    // Two sources of entropy in equal parts: no model can lose less.
    let entropies = [0.2, 0.7].map { -$0 * log($0) - (1 - $0) * log(1 - $0) }
    let least = entropies.reduce(0, +) / 2
    let found = losses.suffix(16).reduce(0, +) / 16
    #expect(found > least - 0.01 && found < least + 0.02, "\(found), \(least)")
    #expect(losses[0] > least + 0.1)
  }
}
