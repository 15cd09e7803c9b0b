import CaptionTraining
import Captioning
import Foundation
import Language
import ModelFiles
import NeuralNet
import Tensors
import TestSupport
import Testing
import Training

@Suite struct CaptioningTaskTests {
  /// Images that differ in two regions, and what they show.
  private static let captions: [[String]] = ["red", "blue"].flatMap { colour in
    ["kite", "boat", "house"].map { thing in
      ["A \(colour) \(thing) on a hill.", "a \(thing) that is \(colour)"]
    }
  }

  private let set: CaptionSet
  private let model: CaptionModel

  init() throws {
    var features = Tensor([6, 3, 6])
    for image in 0..<6 {
      features[image, 0, image / 3] = 1
      features[image, 1, 2 + image % 3] = 1
      features[image, 2, 5] = 1
    }
    set = CaptionSet(
      .features(FewFeatures(features)), names: (0..<6).map { "\($0).png" },
      references: Self.captions)
    model = try toyModel(words: Self.captions, maximumLength: 8)
  }

  private func network() -> AttentionNetwork {
    var random = SeededRandom(seed: 1)
    return AttentionNetwork(
      model.decoder, channels: 6, vocabularySize: model.vocabulary.count, random: &random)
  }

  private func task(
    _ network: AttentionNetwork, selfCritical: SelfCritical.Candidates? = nil,
    ownWords: Float = 0, set: CaptionSet? = nil, threads: Int = 1
  ) -> CaptioningTask<AttentionNetwork> {
    let set = set ?? self.set
    var options = CaptioningTask<AttentionNetwork>.Options()
    if ownWords > 0 {
      options.scheduledSampling = ScheduledSampling(final: ownWords, steps: 24)
    }
    options.forcing.outputDropout = selfCritical == nil ? 0.1 : 0
    options.forcing.embeddingDropout = 0
    options.averageDecay = 0.9
    options.batch = 12
    return CaptioningTask(
      model, CaptioningNetwork(network), training: set,
      captions: EncodedCaptions(set, vocabulary: model.vocabulary, limit: 8), validation: set,
      scoreName: "toy-val",
      selfCritical: selfCritical.map {
        SelfCritical(set, vocabulary: model.vocabulary, candidates: $0, samples: 4, limit: 8)
      }, options: options, threads: threads)
  }

  private func run(
    _ task: CaptioningTask<AttentionNetwork>, _ folder: TemporaryFolder, steps: Int,
    rate: Float = 1e-2
  ) throws -> TrainingRun<CaptioningTask<AttentionNetwork>> {
    try TrainingRun(
      task,
      .init(
        steps: steps, schedule: LearningRateSchedule(peak: rate, warmUp: 5),
        validationInterval: 1000, checkpointInterval: 10),
      folder: folder.path, resumes: true, fingerprint: "toy")
  }

  @Test func `a decoder learns, its model is kept, and self-critical training improves it`()
    throws
  {
    let folder = try TemporaryFolder()
    // Stopped before it knows everything.
    var run = try run(task(network()), folder, steps: 45)
    try run.run()
    let first = try ModelBundle(folder: folder.path)
    let before = try #require(first.configuration.scores?["toy-val"]?.cider)
    #expect(before > 2)
    #expect(first.configuration.decoder.biases == 1)
    #expect(first.vocabulary.words == model.vocabulary.words)
    let trained = try AttentionNetwork(
      first.configuration.decoder, channels: 6, vocabularySize: model.vocabulary.count,
      weights: WeightReader(first.weights)["decoder"])
    for candidates in [SelfCritical.Candidates.beam, .drawn(.mean), .drawn(.greedy)] {
      var better = task(trained, selfCritical: candidates)
      var rewards: [Double] = []
      for index in 0..<60 {
        rewards.append(try #require(better.step(index, rate: 2e-3).parts["reward"]))
      }
      let (start, end) = (rewards.prefix(10).reduce(0, +), rewards.suffix(10).reduce(0, +))
      #expect(end > 1.05 * start, "\(candidates): \(start / 10) to \(end / 10)")
    }
  }

  @Test(arguments: [0, 0.8] as [Float])
  func `a run goes on as if never interrupted`(ownWords: Float) throws {
    let (whole, parts) = (try TemporaryFolder(), try TemporaryFolder())
    var reference = try run(task(network(), ownWords: ownWords), whole, steps: 24)
    try reference.run()
    var first = try run(task(network(), ownWords: ownWords), parts, steps: 24)
    var made = 0
    try first.run {
      made == 13
    } observe: { event in
      if case .step = event { made += 1 }
    }
    var second = try run(task(network(), ownWords: ownWords), parts, steps: 24)
    #expect(second.step == 13)
    try second.run()
    let (a, b) = (
      try SafetensorsFile(path: whole.path + "/checkpoint.safetensors"),
      try SafetensorsFile(path: parts.path + "/checkpoint.safetensors")
    )
    #expect(a.entries.keys.count > 60)
    for name in a.entries.keys { #expect(try a.tensor(name) == b.tensor(name), "\(name)") }
  }

  @Test(arguments: [nil, SelfCritical.Candidates.beam, .drawn(.greedy)])
  func `the number of threads changes nothing but rounding`(
    candidates: SelfCritical.Candidates?
  ) throws {
    var one = task(network(), selfCritical: candidates)
    var two = task(network(), selfCritical: candidates, threads: 2)
    for index in 0..<3 {
      let (a, b) = (try one.step(index, rate: 1e-3), try two.step(index, rate: 1e-3))
      #expect(abs(a.loss - b.loss) < 1e-4)
    }
  }

  @Test func `only the options that count are kept for a run to go on with`() throws {
    func kept(
      _ selfCritical: SelfCritical.Candidates?,
      _ change: (inout CaptioningTask<AttentionNetwork>.Options) -> Void
    ) throws -> Data {
      var options = CaptioningTask<AttentionNetwork>.Options()
      change(&options)
      let task = CaptioningTask(
        model, CaptioningNetwork(network()), training: set,
        captions: EncodedCaptions(set, vocabulary: model.vocabulary, limit: 8), validation: nil,
        scoreName: "",
        selfCritical: selfCritical.map {
          SelfCritical(set, vocabulary: model.vocabulary, candidates: $0, samples: 4, limit: 8)
        }, options: options, threads: 1)
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return try encoder.encode(task.options)
    }
    let usual = try (kept(nil) { _ in }, kept(.beam) { _ in })
    #expect(try kept(nil) { $0.examples = 9 } == usual.0)
    #expect(try kept(nil) { $0.forcing.labelSmoothing = 0.3 } != usual.0)
    #expect(try kept(nil) { $0.forcing.attentionPenalty = 0.3 } != usual.0)
    #expect(try kept(.beam) { $0.forcing.labelSmoothing = 0.3 } == usual.1)
    #expect(try kept(.beam) { $0.forcing.attentionPenalty = 0.3 } == usual.1)
    #expect(try kept(.beam) { $0.weightDecay = 0.3 } != usual.1)
  }

  @Test func `what is no number is named, and nothing is changed`() throws {
    var broken = network()
    broken.output.weight.elements[0] = .nan
    var task = task(broken)
    let error = #expect(throws: TrainingError.self) { try task.step(6, rate: 1e-3) }
    #expect("\(try #require(error))".contains("step 7: the gradient of “"))
    #expect(task.tensors["optimizer"]?.isEmpty == true)
  }

  @Test func `a model whose captions are no numbers has diverged`() throws {
    var broken = network()
    broken.output.weight.elements[0] = .nan
    let learner = task(broken)
    let error = #expect(throws: TrainingError.self) { try learner.validate() }
    #expect("\(try #require(error))".hasPrefix("training diverged at step 0: "))
    var critic = task(broken, selfCritical: .beam)
    let second = #expect(throws: TrainingError.self) { try critic.step(6, rate: 1e-3) }
    #expect("\(try #require(second))".hasPrefix("training diverged at step 7: "))
  }

  @Test func `features that cannot be read any more are told as such`() throws {
    let lost = CaptionSet(
      .features(LostFeatures()), names: set.names, references: set.references)
    for candidates in [nil, SelfCritical.Candidates.beam] {
      var task = task(network(), selfCritical: candidates, set: lost)
      #expect(throws: LostFeatures.error) { try task.step(0, rate: 1e-3) }
      #expect(throws: LostFeatures.error) { try task.validate() }
    }
  }
}

/// Features whose file others made shorter.
private struct LostFeatures: FeatureSource {
  static let error = FeatureCacheError.unreadable(path: "lost.f16", reason: "it became shorter")

  let count = 6
  let grid = (height: 1, width: 3)
  let channels = 6

  func features(of images: [Int]) -> Tensor { Tensor(repeating: .nan, [images.count, 3, 6]) }

  func checkReading() throws { throw Self.error }
}
