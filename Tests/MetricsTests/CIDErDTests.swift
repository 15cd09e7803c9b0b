import Foundation
import Metrics
import Testing

@Suite struct CIDErDTests {
  private let odd: OddCaptions

  init() throws { odd = try .read() }

  /// from pycocoevalcap.cider.cider import Cider
  /// Cider().compute_score(references, candidates)
  @Test func `six images score what pycocoevalcap gives them`() throws {
    let scores = try CIDErD.scores(of: sixImages(), threads: 1)
    #expect(scores.corpus == [1.624972970703271])
    #expect(
      scores.perImage == [
        [
          2.20776631376362, 2.253205698082879, 1.4847119385411651, 1.7317252574595963,
          1.7000339823486872, 0.37239463402367745,
        ]
      ])
    #expect(try CIDErD.scores(of: edgeCases(), threads: 1).corpus == [0.5829272494385188])
  }

  @Test(arguments: [1, 3])
  func `odd captions score the same to the last bit, on any number of threads`(threads: Int) throws
  {
    let expected = try #require(odd.scores["CIDEr-D"])
    let scores = CIDErD.scores(of: odd.corpus, threads: threads)
    #expect(scores.corpus == [expected.corpus])
    #expect(scores.perImage == [expected.images])
  }

  @Test func `one image alone scores nothing`() throws {
    let corpus = try CaptionCorpus(candidates: ["a cat"], references: [["a cat"]], threads: 1)
    #expect(CIDErD.scores(of: corpus, threads: 1).corpus == [0])
    let note = ScoringProtocol(corpus, metrics: [.ciderD]).note
    #expect(note?.hasPrefix("CIDEr-D is 0 by definition") == true)
    #expect(note?.hasSuffix("and log(1/1) is 0; it needs more than one image") == true)
    #expect(ScoringProtocol(corpus, metrics: [.rougeL]).note == nil)
  }

  @Test func `images that share all n-grams score nothing`() throws {
    func corpus(_ last: String) throws -> CaptionCorpus {
      try CaptionCorpus(
        candidates: ["a cat", "a dog", ""],
        references: [["a cat", "a cat"], ["a cat"], ["a cat", last]], threads: 1)
    }
    let same = try corpus("cat")
    #expect(CIDErD.scores(of: same, threads: 1).corpus == [0])
    #expect(
      ScoringProtocol(same, metrics: [.ciderD]).note?.hasSuffix(
        "and here all 3 images’ references have the same words") == true)
    // One word that not all have weighs something.
    #expect(try ScoringProtocol(corpus("cats"), metrics: [.ciderD]).note == nil)
  }

  /// Cider().compute_score(...) of `having` images with `caption` and others with “z”, each the
  /// caption and its only reference, but for “c” at the end of the first image's caption. With a
  /// product in the place of pow(weight, 2), the last digits are 5 and 2.
  @Test(arguments: [
    (92, 16, "a a a", 4.265973328931264, 7.5), (98, 48, "a b", 0.9093612226371656, 5),
  ])
  func `squares are the C library's`(
    images: Int, having: Int, caption: String, first: Double, second: Double
  ) throws {
    let captions = (0..<images).map { $0 < having ? caption : "z" }
    let corpus = try CaptionCorpus(
      candidates: [caption + " c"] + captions.dropFirst(), references: captions.map { [$0] },
      threads: 1)
    let scores = CIDErD.scores(of: corpus, threads: 1).perImage[0]
    #expect(scores[0] == first)
    #expect(scores[1] == second)
  }

  /// 2,400 images, which is more than are numbered at once.
  @Test func `document frequencies are those of all images`() throws {
    let references = (0..<8).flatMap { round in
      odd.references.map { $0.map { "\($0) \(round)" } }
    }
    let corpus = try CaptionCorpus(
      candidates: (0..<8).flatMap { _ in odd.candidates }, references: references, threads: 2)
    let explanation = ScoreExplanation(corpus, image: 2390)
    #expect(explanation.ngrams[0].count > 3)
    for ngram in explanation.ngrams.joined().prefix(20) {
      let having = references.count { $0.contains { " \($0) ".contains(" \(ngram.text) ") } }
      #expect(ngram.weight == log(2400) - log(Double(max(1, having))), "\(ngram.text)")
    }
  }
}
