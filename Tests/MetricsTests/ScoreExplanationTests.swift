import Foundation
import Metrics
import Testing

@Suite struct ScoreExplanationTests {
  private let odd: OddCaptions

  init() throws { odd = try .read() }

  @Test func `the parts are those of the scores`() {
    let scores = CaptionScores(odd.corpus, threads: 2)
    for image in 0..<odd.corpus.count {
      let explanation = ScoreExplanation(odd.corpus, image: image)
      for (order, metric) in [Metric.bleu1, .bleu2, .bleu3, .bleu4].enumerated() {
        #expect(explanation.bleu.scores[order] == scores.perImage(metric)?[image])
      }
      #expect(explanation.rougeL.score == scores.perImage(.rougeL)?[image])
      #expect(explanation.ciderD.score == scores.perImage(.ciderD)?[image])
      #expect(explanation.meteorExactStem.score == scores.perImage(.meteorExactStem)?[image])
      let points = explanation.ciderD.references.reduce(0) { $0 + $1.points }
      #expect(abs(points - explanation.ciderD.score) < 1e-12)
      for order in 0..<4 {
        #expect(
          explanation.ngrams[order].reduce(0) { $0 + $1.matched } == explanation.bleu.matched[order]
        )
      }
    }
  }

  @Test func `what is matched and what is missing is told`() throws {
    let explanation = try ScoreExplanation(sixImages(), image: 4)
    #expect(explanation.candidate == "a plate of food")
    let words = explanation.ngrams[0]
    #expect(words.map(\.text) == ["a", "plate", "of", "food"])
    #expect(words.map(\.matched) == [1, 1, 1, 1])
    #expect(words[1].inReferences == [1, 1, 1, 1, 1])
    #expect(words[1].weight == log(6.0))
    #expect(explanation.ngrams[3].map(\.text) == ["a plate of food"])
    #expect(explanation.bleu.referenceLength == 5)
    #expect(explanation.bleu.brevityPenalty == exp(1 - 1 / ((4 + 1e-15) / (5 + 1e-9))))
    #expect(explanation.missing[0].text == "rice")
    #expect(explanation.missing[0].references == 4)
    #expect(explanation.rougeL.references[2].common == ["a", "plate"])
    #expect(explanation.ciderD.references.map(\.lengthDifference) == [-4, -4, -2, -1, -4])
    #expect(explanation.meteorExactStem.reference == 0)
    #expect(explanation.meteorExactStem.matches.map(\.reference) == ["a", "plate", "of", "food"])
    let losses = explanation.losses
    #expect(losses[0].metric == .ciderD)
    #expect(losses[0].cause == .length)
    #expect(losses.filter { $0.cause == .brevity }.map(\.metric).contains(.bleu4))
    #expect(losses.allSatisfy { $0.points > 0 })
  }

  @Test func `an explanation survives JSON`() throws {
    let explanation = try ScoreExplanation(sixImages(), image: 2)
    let data = try JSONEncoder().encode(explanation)
    #expect(try JSONDecoder().decode(ScoreExplanation.self, from: data) == explanation)
  }
}
