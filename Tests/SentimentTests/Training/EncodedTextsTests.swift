import Language
import Sentiment
import Testing

@Suite struct EncodedTextsTests {
  @Test func `the words of a new model are the most frequent, and all smileys`() throws {
    var counter = WordCounter()
    counter.add(TextTokenizer.words(of: "b a a <br> a :) c 👍"))
    counter.add(["b", "d"], weight: 3)
    let words = try counter.words(limit: 18).words
    #expect(words.prefix(2) == ["<pad>", "<p>"])
    #expect(words.suffix(3) == ["b", "a", "d"])
    #expect(words.count == 18 && Set(words).count == 18)
    for smiley in [":)", ":(", "👍", "👎", "<3", "</3", ":'(", ">:("] {
      #expect(words.contains(smiley), "\(smiley)")
    }
    // A limit of words leaves what every model needs.
    #expect(try counter.words(limit: 3).words == Array(words.prefix(15)))
    #expect(try counter.words(limit: 100, minimum: 3).words.suffix(3) == ["b", "a", "d"])
  }
}
