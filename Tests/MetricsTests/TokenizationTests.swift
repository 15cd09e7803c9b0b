import Language
import Metrics
import Testing

@Suite struct TokenizationTests {
  /// The last letter of a caption keeps its full stop or not depending on the next caption, also
  /// where the two are tokenised by different threads.
  @Test func `captions are tokenised in parallel as they are one after the other`() {
    let kinds = [
      "A man with a t.v.", "", "The dog is no.", "Vitamin C.", "5 cats", " ", "The end", "Plan B.",
    ]
    let captions = (0..<5000).map { kinds[$0 * 7919 % 13 % kinds.count] }
    #expect(
      PTBTokenizer().tokens(of: captions, threads: 2) == PTBTokenizer().tokenize(captions))
  }

  @Test func `raw captions are those of their images`() throws {
    let corpus = try CaptionCorpus(
      raw: ["A cat.", "Two dogs!"], references: [["(A) cat", "The cat."], ["Dogs, two."]],
      threads: 2)
    #expect(corpus.candidates == ["a cat", "two dogs"])
    #expect(corpus.references == [["-lrb- a -rrb- cat", "the cat"], ["dogs two"]])
  }
}
