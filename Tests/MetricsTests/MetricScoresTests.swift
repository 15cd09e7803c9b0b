import Metrics
import Testing

@Suite struct MetricScoresTests {
  private let odd: OddCaptions
  private let scores: CaptionScores

  init() throws {
    odd = try .read()
    scores = CaptionScores(odd.corpus, threads: 2)
  }

  @Test func `scores are found by metric`() throws {
    #expect(scores.metrics == Metric.builtIn)
    #expect(scores[.bleu4] == odd.scores["BLEU-4"]?.corpus)
    #expect(scores.perImage(.ciderD)?.count == 300)
    #expect(scores[.meteor] == nil)
    #expect(
      try CaptionScores(sixImages(), metrics: [.rougeL, .meteor], threads: 1).metrics == [.rougeL])
  }

  @Test func `all images together are the corpus`() {
    for family in scores.families {
      #expect(family.corpus(of: Array(0..<300)) == family.corpus)
    }
  }

  /// BLEU and METEOR add up counts, so that images which occur twice count twice; a corpus of two
  /// images is scored as these two alone, but for CIDEr-D's document frequencies.
  @Test func `some images are scored as a corpus of their own`() throws {
    let images = [7, 0, 7, 42]
    let corpus = try CaptionCorpus(
      candidates: images.map { odd.candidates[$0] }, references: images.map { odd.references[$0] },
      threads: 1)
    let own = CaptionScores(corpus, threads: 1)
    for (family, expected) in zip(scores.families, own.families)
    where family.metrics != [.ciderD] {
      #expect(family.corpus(of: images) == expected.corpus, "\(family.metrics)")
    }
  }
}
