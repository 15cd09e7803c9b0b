import Language
import ModelFiles
import NeuralNet
import Sentiment
import TestSupport
import Testing
import Training

@Suite struct LanguageModelTaskTests {
  private func task(
    isBidirectional: Bool = true, layers: Int = 1, texts count: Int = 40, words limit: Int = 50
  ) throws -> LanguageModelTask {
    var network = TextNetworkConfiguration()
    network.embedding = 8
    network.hidden = 8
    network.buckets = 16
    network.isBidirectional = isBidirectional
    network.layers = layers
    var counter = WordCounter()
    let tokens = (0..<count).map { index in
      (0..<20).map { ["one", "two", "three", "four", "five"][(index + $0) % 5] }
    }
    for words in tokens { counter.add(words) }
    let reader = WordReader(words: try counter.words(limit: limit), buckets: network.buckets)
    let texts = EncodedTexts(tokens, reader)
    var options = LanguageModelTask.Options()
    options.windows = 4
    options.length = 16
    options.negatives = 12
    options.dropout = 0
    return try LanguageModelTask(network, reader, texts, options: options, threads: 1)
  }

  /// So few words are only those that every vocabulary has.
  @Test func `texts without a word of the model are refused`() {
    #expect(throws: TrainingError.self) { try task(words: 8) }
  }

  @Test(arguments: [(true, 1), (false, 2)])
  func `what always follows is foretold`(isBidirectional: Bool, layers: Int) throws {
    let folder = try TemporaryFolder()
    var run = try TrainingRun(
      task(isBidirectional: isBidirectional, layers: layers),
      .init(
        steps: 150, schedule: .init(peak: 2e-2, warmUp: 10), validationInterval: 1000,
        checkpointInterval: 50),
      folder: folder.path, resumes: false, fingerprint: "toy")
    var losses: [Double] = []
    try run.run(observe: {
      if case .step(_, let report, _) = $0 { losses.append(report.loss) }
    })
    #expect(losses[0] > 1.5)
    #expect(losses.suffix(10).reduce(0, +) / 10 < 0.45)
    let start = try TextModelStart(ModelFolder(path: folder.path))
    #expect(start.labels == nil && start.network.isBidirectional == isBidirectional)
    #expect(start.reader.id(of: "three") != nil)
    _ = try start.classifier(labels: ["no", "yes"], seed: 1)
  }

  @Test func `a run goes on as if never interrupted`() throws {
    var whole = try task()
    var report = try whole.step(0, rate: 1e-3)
    for index in 1..<30 { report = try whole.step(index, rate: 1e-3) }
    var first = try task()
    for index in 0..<14 { _ = try first.step(index, rate: 1e-3) }
    let folder = try TemporaryFolder()
    try Checkpoint.write(first.state, first.tensors, to: folder.path + "/x.safetensors")
    let checkpoint = try Checkpoint<LanguageModelTask.State>(path: folder.path + "/x.safetensors")
    var second = try task()
    try second.restore(checkpoint.state) { checkpoint[$0] }
    var last: StepReport?
    for index in 14..<30 { last = try second.step(index, rate: 1e-3) }
    #expect(last?.loss == report.loss)
  }

  @Test func `what cannot be trained is explained`() {
    #expect(throws: TrainingError.self) { try task(layers: 2) }
    #expect(throws: TrainingError.self) { try task(texts: 1) }
  }
}
