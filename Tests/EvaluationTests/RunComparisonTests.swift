import Evaluation
import Metrics
import Store
import Testing

@Suite struct RunComparisonTests {
  private func comparison(
    _ sample: SampleRuns, _ old: [String], _ new: [String]
  ) throws -> RunComparison {
    var significance = Significance()
    (significance.resamples, significance.trials) = (200, 200)
    return try RunComparison(
      ScoredRun(sample.enter(old), in: sample.store),
      ScoredRun(sample.enter(new), in: sample.store), metric: .bleu1,
      significance: significance, threads: 2)
  }

  @Test func differencesAreTheNewRunLessTheOld() throws {
    let comparison = try comparison(
      SampleRuns(), ["a cat", "A cat on a couch.", "dogs"],
      ["A man riding a wave.", "A cat on a couch.", "a fish and a bird"])
    let bleu = try #require(comparison.metrics.first { $0.metric == .bleu1 })
    #expect(bleu.difference.score == bleu.new.score - bleu.old.score)
    #expect(bleu.difference.score > 0)
    #expect(comparison.changes.map(\.item.name) == ["0.jpg", "2.jpg"])
    let (improved, worsened) = comparison.extremes(5)
    #expect(improved.map(\.new) == ["A man riding a wave."])
    #expect(worsened.map(\.old) == ["dogs"])
  }

  @Test func onlyPhotosInCommonAreCompared() throws {
    let sample = try SampleRuns()
    let comparison = try comparison(sample, ["a cat", "A cat on a couch."], ["a cat"])
    #expect(comparison.photoCount == 1 && comparison.changes.isEmpty)
    #expect(comparison.metrics.allSatisfy { $0.difference.score == 0 && $0.pValue == 1 })
  }

  @Test func runsOfOtherPhotosAreRefused() throws {
    let sample = try SampleRuns()
    let old = try ScoredRun(sample.enter(["a cat"]), in: sample.store)
    let new = try ScoredRun(sample.enter(["dogs"], from: 2), in: sample.store)
    #expect(throws: EvaluationError.nothingInCommon(1, 2)) {
      try RunComparison(
        old, new, metric: .bleu1, significance: Significance(), threads: 1)
    }
  }
}
