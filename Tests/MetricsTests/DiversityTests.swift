import Metrics
import Testing

@Suite struct DiversityTests {
  private let odd: OddCaptions

  init() throws { odd = try .read() }

  /// len(set(words)) / len(words) over "a cat on a mat", "a dog on a mat", "a cat", by hand.
  @Test func `words and pairs are counted over all captions`() throws {
    let corpus = try CaptionCorpus(
      candidates: ["a cat on a mat", "a dog on a mat", "a cat"],
      references: [["x y"], ["z"], ["a"]], threads: 1)
    let diversity = Diversity(corpus, training: ["a cat", "a dog on the mat", "a cat"])
    #expect(diversity.distinct1 == 5.0 / 12)
    #expect(diversity.distinct2 == 6.0 / 9)
    #expect(diversity.meanLength == 4)
    #expect(diversity.vocabulary == 5)
    #expect(diversity.novelty == 2.0 / 3)
    #expect(Diversity(corpus).novelty == nil)
  }

  /// The mean of Bleu(4).compute_score({0: others}, {0: [candidate]})[1][3][0] over the captions;
  /// see self_bleu in Scripts/references/metrics.py.
  @Test func `self-BLEU is that of pycocoevalcap against all other captions`() {
    #expect(Diversity(odd.corpus).selfBleu == odd.selfBleu.corpus)
  }

  @Test func `captions without words, and a single one, have a diversity`() throws {
    let empty = try CaptionCorpus(candidates: ["", ""], references: [["a"], ["b"]], threads: 1)
    let diversity = Diversity(empty)
    #expect(diversity.distinct1 == 0)
    #expect(diversity.distinct2 == 0)
    #expect(diversity.meanLength == 0)
    let single = try CaptionCorpus(candidates: ["a cat"], references: [["b"]], threads: 1)
    #expect(Diversity(single).selfBleu == nil)
  }
}
