import Language
import ModelFiles
import NeuralNet
import Sentiment
import TestSupport
import Tensors
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
    _ pooling: StatePooling, layers: Int, threads: Int = 1
  ) throws -> ClassificationTask {
    var network = TextNetworkConfiguration()
    network.embedding = 12
    network.hidden = 12
    network.layers = layers
    network.pooling = pooling
    network.buckets = 64
    var counter = WordCounter()
    var texts = EncodedTexts()
    let tokens = Self.sentences.map { TextTokenizer.words(of: $0.0) }
    for words in tokens { counter.add(words) }
    let start = TextModelStart(words: try counter.words(limit: 100), network: network)
    for words in tokens { texts.add(words, start.reader) }
    var options = ClassificationTask.Options()
    options.averageDecay = 0.9
    options.regularization = .init(embedding: 0, states: 0.1)
    options.drops.blank = 0
    let labels = ["negative", "positive"]
    return ClassificationTask(
      SentimentConfiguration(
        name: "toy", labels: labels, temperature: 1, network: network,
        vocabulary: ModelFolder.vocabularyFile),
      start.reader, try start.classifier(labels: labels, seed: 3),
      sources: [
        TrainingSource(
          name: "toy", texts: texts, labels: Self.sentences.map(\.1), textsPerStep: 16)
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
      try next.run(shouldStop: { made == 17 }) { event in
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
}
