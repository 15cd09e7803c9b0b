import CaptionTraining
import Captioning
import Foundation
import Language
import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct LearningCheckTests {
  private let model: CaptionModel
  private let references = [
    ["A red kite on a hill.", "never read"], ["A boat."], ["...", "the blue house that is red"],
    ["a rare boat on a hill"],
  ]
  /// Of four images, `[images, regions, channels]`.
  private let features = randomTensor([4, 3, 6], seed: 8)

  init() throws {
    model = try toyModel(
      words: references.map { $0.map { $0.replacing("rare", with: "") } }, maximumLength: 6)
  }

  private func report(
    _ features: Tensor, rate: Float = 1e-2, steps: Int = 200,
    method: Optimizer.Method = .adam()
  ) throws -> LearningReport {
    var random = SeededRandom(seed: 1)
    let set = CaptionSet(
      .features(FewFeatures(features)), names: (0..<4).map { "\($0).png" }, references: references
    ).firstCaptions
    var options = LearningCheck<AttentionNetwork>.Options()
    (options.rate, options.steps, options.optimizer) = (rate, steps, method)
    var check = LearningCheck(
      model,
      CaptioningNetwork(
        AttentionNetwork(
          model.decoder, channels: 6, vocabularySize: model.vocabulary.count, random: &random)),
      set: set, captions: EncodedCaptions(set, vocabulary: model.vocabulary, limit: 6),
      options: options, threads: 1)
    return try check.run()
  }

  @Test func `a set-up that learns is done when all captions come out`() throws {
    // Among the captions are one that is cut and one with an unknown word.
    let report = try report(features)
    #expect(report.verdict == .learns && report.isLearnt, "\(report.finding)")
    #expect(report.captions == 4 && report.learnt == 4 && report.steps < 200)
    #expect(report.losses.count == report.steps)
    // A uniform distribution to begin with.
    #expect(abs(try #require(report.losses.first) - log(Double(model.vocabulary.count))) < 0.5)
    #expect(try #require(report.losses.last) < 1)
    #expect(report.finding.contains("4 of 4 captions come out after \(report.steps) steps"))
  }

  @Test func `images that look alike cannot be told apart`() throws {
    for alike in [Tensor([4, 3, 6]), Tensor(repeating: 2, [4, 3, 6])] {
      let report = try report(alike, steps: 100)
      #expect(report.verdict == .seesAlike && !report.canLearn)
      #expect(report.finding.hasSuffix("all photos look the same to the decoder"))
      let mistake = try #require(report.mistakes?.first)
      #expect(mistake.wanted != mistake.found)
    }
  }

  @Test func `a learning rate that is too low or too high is named`() throws {
    let still = try report(features, rate: 0, steps: 20)
    #expect(still.verdict == .stays && still.finding.contains("the loss stayed at 2"))
    #expect(still.losses.first == still.losses.last)
    let slow = try report(features, rate: 1e-3, steps: 60)
    #expect(slow.verdict == .falls && slow.finding.contains("the loss still falls"))
    let high = try report(features, rate: 30, steps: 10)
    #expect(high.verdict == .rises && high.finding.contains("the loss rose from"))
    // It rose, though it is falling again.
    #expect(try report(features, rate: 3, steps: 15).verdict == .rises)
    let wild = try report(features, rate: 1e38, method: .descent())
    #expect(wild.verdict == .diverges && wild.steps < 200)
    #expect(wild.finding.contains("no finite number"))
  }
}
