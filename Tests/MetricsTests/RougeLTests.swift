import Metrics
import Testing

@Suite struct RougeLTests {
  private let odd: OddCaptions

  init() throws { odd = try .read() }

  /// from pycocoevalcap.rouge.rouge import Rouge
  /// Rouge().compute_score(references, candidates)
  @Test func `six images score what pycocoevalcap gives them`() throws {
    let scores = try RougeL.scores(of: sixImages(), threads: 1)
    #expect(scores.corpus == [0.6698535184871647])
    #expect(
      scores.perImage == [
        [
          0.768503937007874, 0.9242424242424241, 0.7188552188552189, 0.7584369449378331,
          0.6288659793814433, 0.22021660649819494,
        ]
      ])
    #expect(try RougeL.scores(of: edgeCases(), threads: 1).corpus == [0.47165532879818595])
  }

  @Test func `odd captions score the same to the last bit`() throws {
    let expected = try #require(odd.scores["ROUGE-L"])
    let scores = RougeL.scores(of: odd.corpus, threads: 2)
    #expect(scores.corpus == [expected.corpus])
    #expect(scores.perImage == [expected.images])
  }

  /// Words with so many places that these are marked once.
  @Test func `a long caption of few words has the right words in common`() throws {
    let candidate = (0..<400).map { $0 % 2 == 0 ? "a" : "b" }.joined(separator: " ")
    let a = [String](repeating: "a", count: 300).joined(separator: " ")
    let corpus = try CaptionCorpus(
      candidates: [candidate, candidate], references: [[a], [candidate + " c"]], threads: 1)
    let scores = RougeL.scores(of: corpus, threads: 1)
    func score(_ common: Double, _ length: Double) -> Double {
      let (precision, recall) = (common / 400, common / length)
      return (1 + 1.44) * precision * recall / (recall + 1.44 * precision)
    }
    for (found, expected) in zip(scores.perImage[0], [score(200, 300), score(400, 401)]) {
      #expect(abs(found - expected) < 1e-12)
    }
  }

  /// The same reference from its end on has one word in common, however long it is; 130 words take
  /// three blocks of 64.
  @Test(arguments: [63, 64, 65, 130])
  func `long captions have the right words in common`(length: Int) throws {
    let words = (0..<length).map { "w\($0)" }
    let corpus = try CaptionCorpus(
      candidates: [words.joined(separator: " "), words.joined(separator: " ")],
      references: [
        [words.reversed().joined(separator: " ")],
        [(["x"] + words.dropFirst() + ["y"]).joined(separator: " ")],
      ], threads: 1)
    let explanations = [0, 1].map { ScoreExplanation(corpus, image: $0).rougeL.references[0] }
    #expect(explanations[0].precision == 1 / Double(length))
    #expect(explanations[0].common?.count == 1)
    #expect(explanations[1].precision == Double(length - 1) / Double(length))
    #expect(explanations[1].recall == Double(length - 1) / Double(length + 1))
    #expect(explanations[1].common == Array(words.dropFirst()))
  }
}
