import Metrics
import Testing

@Suite struct BleuTests {
  private let odd: OddCaptions

  init() throws { odd = try .read() }

  /// from pycocoevalcap.bleu.bleu import Bleu
  /// Bleu(4).compute_score(references, candidates)
  @Test func `six images score what pycocoevalcap gives them`() throws {
    #expect(
      try Bleu.scores(of: sixImages(), threads: 1).corpus == [
        0.8444444444069137, 0.7924141769695101, 0.6518869272131265, 0.5257777471081059,
      ])
  }

  /// The same; its small constants keep scores above 0 and let BLEU-4 be above BLEU-3.
  @Test func `captions without a match score a little`() throws {
    #expect(
      try Bleu.scores(of: edgeCases(), threads: 1).corpus == [
        0.18393972049375146, 5.816684688622975e-09, 2.317495256846073e-11, 2.601300473326052e-10,
      ])
  }

  @Test(arguments: [1, 3])
  func `odd captions score the same to the last bit, on any number of threads`(threads: Int) throws
  {
    let scores = Bleu.scores(of: odd.corpus, threads: threads)
    for (index, metric) in scores.metrics.enumerated() {
      let expected = try #require(odd.scores[metric.rawValue])
      #expect(scores.corpus[index] == expected.corpus)
      #expect(scores.perImage[index] == expected.images)
    }
  }

  /// Two references are equally close to the candidate's four words: the shorter one counts.
  @Test func `the shorter of two references that are equally close counts`() throws {
    let corpus = try CaptionCorpus(
      candidates: ["a b c d"], references: [["a b c d e f", "a b"]], threads: 1)
    #expect(abs(Bleu.scores(of: corpus, threads: 1).corpus[0] - 1) < 1e-8)
  }
}
