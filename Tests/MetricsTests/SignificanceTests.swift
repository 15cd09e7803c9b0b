import Foundation
import Metrics
import Testing

@Suite struct SignificanceTests {
  private let odd: OddCaptions
  private let better: CaptionScores

  init() throws {
    odd = try .read()
    better = CaptionScores(odd.corpus, threads: 2)
  }

  /// The odd captions with the candidates of every fifth image exchanged among each other.
  private func worse() throws -> CaptionScores {
    let candidates = odd.candidates.indices.map { image in
      odd.candidates[image % 5 == 0 ? (image + 5) % 300 : image]
    }
    return CaptionScores(
      try CaptionCorpus(candidates: candidates, references: odd.references, threads: 2), threads: 2)
  }

  private var significance: Significance {
    var significance = Significance()
    significance.resamples = 1000
    significance.trials = 1000
    return significance
  }

  @Test func `equal captions do not differ`() throws {
    for comparison in try significance.compare(better, with: better, threads: 2) {
      #expect(comparison.difference.score == 0)
      #expect(comparison.difference.lower == 0)
      #expect(comparison.difference.upper == 0)
      #expect(comparison.newIsBetter == 0)
      #expect(comparison.pValue == 1)
      #expect(comparison.old == comparison.new)
    }
  }

  @Test func `worse captions are found out`() throws {
    let comparisons = try significance.compare(better, with: worse(), threads: 2)
    #expect(comparisons.map(\.metric) == Metric.builtIn)
    for comparison in comparisons {
      #expect(comparison.new.score == better[comparison.metric])
      #expect(comparison.new.lower < comparison.new.score)
      #expect(comparison.new.upper > comparison.new.score)
      #expect(comparison.difference.lower > 0, "\(comparison.metric)")
      #expect(comparison.newIsBetter > 0.97)
      #expect(comparison.pValue < 0.05)
    }
  }

  @Test func `results depend on the seed and not on threads`() throws {
    let worse = try worse()
    let one = try significance.compare(better, with: worse, threads: 1)
    #expect(try significance.compare(better, with: worse, threads: 3) == one)
    var other = significance
    other.seed = 2
    #expect(try other.compare(better, with: worse, threads: 3) != one)
  }

  /// For a mean, the interval is the score ± 1.96 standard errors of its images, and the test's
  /// p-value that of a t-test, both nearly.
  @Test func `intervals and p-values of a mean are those of the normal distribution`() throws {
    let worse = try worse()
    let comparison = try #require(
      try Significance().compare(better, with: worse, threads: 2).first { $0.metric == .rougeL })
    let scores = try #require(better.perImage(.rougeL))
    let others = try #require(worse.perImage(.rougeL))
    func standardError(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (squares / Double(values.count - 1) / Double(values.count)).squareRoot()
    }
    let width = comparison.new.upper - comparison.new.lower
    #expect(abs(width / (2 * 1.96 * standardError(scores)) - 1) < 0.05)
    let differences = zip(scores, others).map { $0 - $1 }
    let differenceWidth = comparison.difference.upper - comparison.difference.lower
    #expect(abs(differenceWidth / (2 * 1.96 * standardError(differences)) - 1) < 0.05)

    // Captions that differ by chance: those of every image exchanged or not.
    let sign = scores.indices.map { ($0 * 7919) % 13 < 6 }
    let families = [true, false].map { side in
      zip(sign, odd.candidates).enumerated().map { image, pair in
        pair.0 == side ? pair.1 : odd.references[image].last ?? ""
      }
    }
    let byChance = try families.map {
      CaptionScores(
        try CaptionCorpus(candidates: $0, references: odd.references, threads: 2),
        metrics: [.rougeL], threads: 2)
    }
    let chance = try Significance().compare(byChance[0], with: byChance[1], threads: 2)[0]
    let chanceDifferences = zip(
      byChance[0].perImage(.rougeL) ?? [], byChance[1].perImage(.rougeL) ?? []
    ).map { $0 - $1 }
    // Under the test's hypothesis the mean is 0, and so the deviation is taken from there.
    let deviation =
      chanceDifferences.reduce(0) { $0 + $1 * $1 }.squareRoot() / Double(chanceDifferences.count)
    let normal = erfc(abs(chance.difference.score) / deviation / 2.0.squareRoot())
    #expect(abs(chance.pValue - normal) < 0.03)
    #expect(chance.pValue > 0.05)
  }

  @Test func `scores of other images or metrics are not compared`() throws {
    let few = try CaptionScores(sixImages(), threads: 1)
    #expect(throws: MetricsError.notComparable(reason: "they are of different images")) {
      try significance.compare(better, with: few, threads: 1)
    }
    let other = try CaptionScores(sixImages(), metrics: [.rougeL], threads: 1)
    #expect(throws: MetricsError.notComparable(reason: "they are of different metrics")) {
      try significance.compare(few, with: other, threads: 1)
    }
  }
}
