import Metrics
import Testing

@Suite struct CaptionCorpusTests {
  @Test func `what cannot be scored is refused in a sentence`() throws {
    func message(_ candidates: [String], _ references: [[String]]) -> String? {
      do {
        _ = try CaptionCorpus(candidates: candidates, references: references, threads: 1)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(message([], []) == "there are no captions to score")
    #expect(message(["a", "b"], [["a"], []]) == "image 1 of the list has no references")
    #expect(
      message(["a", "b"], [["a"]]) == "there are captions of 2 images but references of 1")
    #expect(message([""], [[""]]) == nil)
  }

  /// Python: "é" == "é" is False where one of them is a letter and an accent, and str.split()
  /// splits at each of these characters. Swift's own comparison and splitting differ in both.
  @Test func `words are those of Python`() throws {
    let spaces = [
      "\u{9}", "\u{B}", "\u{1C}", "\u{85}", "\u{A0}", "\u{1680}", "\u{2000}", "\u{200A}",
      "\u{2028}",
      "\u{202F}", "\u{205F}", "\u{3000}",
    ]
    for space in spaces {
      let corpus = try CaptionCorpus(
        candidates: ["a\(space)b"], references: [["b a"]], threads: 1)
      #expect(Diversity(corpus).meanLength == 2, "\(space.unicodeScalars.map(\.value))")
    }
    for other in ["\u{1B}", "\u{84}", "\u{200B}", "\u{2060}", "\u{FEFF}", "à", "中", "🐈"] {
      let corpus = try CaptionCorpus(
        candidates: ["a\(other)b"], references: [["b a"]], threads: 1)
      #expect(Diversity(corpus).meanLength == 1, "\(other.unicodeScalars.map(\.value))")
    }
    let accents = try CaptionCorpus(
      candidates: ["caf\u{E9}"], references: [["cafe\u{301}"]], threads: 1)
    #expect(Bleu.scores(of: accents, threads: 1).corpus[0] < 1e-6)
  }
}
