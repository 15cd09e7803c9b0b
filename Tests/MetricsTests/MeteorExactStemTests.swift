import Metrics
import Testing

@Suite struct MeteorExactStemTests {
  /// java -jar meteor-1.5.jar - - -stdio -l en -lower -m "exact stem" -w "1.0 0.6" -s LIST
  /// with SCORE and EVAL requests, where LIST has the words of FunctionWords.swift.
  @Test func `six images score what METEOR gives them without synonyms and paraphrases`() throws {
    let scores = try MeteorExactStem.scores(of: sixImages(), threads: 2)
    #expect(scores.corpus == [0.3737344766451244])
    #expect(
      scores.perImage == [
        [
          0.4329806690198555, 0.4766362624370249, 0.44385143004367344, 0.4333151829831688,
          0.2947486648902057, 0.10434782608695653,
        ]
      ])
  }

  /// The same program with the same options.
  @Test(arguments: [
    ("", "a dog", 0), ("a dog", "cats run", 0), ("the cat sat", "the cat sat", 1),
    // Five runs, one of them of a stem.
    ("the dog runs on a beach", "a dog is running at the beach", 0.3050583657587549),
  ])
  func `single captions`(candidate: String, reference: String, score: Double) throws {
    let corpus = try CaptionCorpus(candidates: [candidate], references: [[reference]], threads: 1)
    #expect(MeteorExactStem.scores(of: corpus, threads: 1).corpus == [score])
  }

  /// “dog” takes the equal word rather than the first one with its stem, and the second “a” the one
  /// that makes a run.
  @Test func `equal words are matched first, in as few runs as can be`() throws {
    let corpus = try CaptionCorpus(
      candidates: ["a dog and a cat"], references: [["a cat sees dogs and a dog"]], threads: 1)
    let part = ScoreExplanation(corpus, image: 0).meteorExactStem
    #expect(part.matches.map(\.candidate) == ["a", "dog", "and", "a", "cat"])
    #expect(part.matches.map(\.isStem) == [false, false, false, false, false])
    #expect(part.chunks == 3)
  }

  @Test func `captions of thousands of words end in time`() throws {
    let candidate = (0..<3000).map { "w\($0 % 7)" }.joined(separator: " ")
    let reference = (0..<3000).map { "w\($0 % 5)" }.joined(separator: " ")
    let corpus = try CaptionCorpus(candidates: [candidate], references: [[reference]], threads: 1)
    #expect(MeteorExactStem.scores(of: corpus, threads: 1).corpus[0] > 0)
  }
}
