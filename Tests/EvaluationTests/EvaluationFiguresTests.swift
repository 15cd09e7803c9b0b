import Evaluation
import Figures
import Testing

@Suite struct EvaluationFiguresTests {
  @Test func runsAndMeasureAreNamed() {
    let svg = EvaluationFigures.comparison(
      by: "CIDEr-D", ("run 1", [0, 0.5, 1]), ("run 2", [0.2, 0.5, 3])
    ).svg
    for part in ["run 1", "run 2", "difference of CIDEr-D"] { #expect(svg.contains(part)) }
  }

  @Test func noPhotosAndEqualScoresAreDrawn() {
    #expect(
      EvaluationFigures.distribution(of: "BLEU-4", run: "run 1", scores: [], corpus: 0).svg
        .contains("</svg>"))
    #expect(
      !EvaluationFigures.comparison(by: "BLEU-4", ("1", [0.1, 0.1]), ("2", [0.1, 0.1])).svg
        .contains("nan"))
  }
}
