import Evaluation
import Files
import Testing

struct EvaluationErrorTests {
  /// Users of the library have no such commands and options.
  @Test(arguments: [
    (EvaluationError.noRun(1), FailureKind.noInput), (.noRun(7, newNumber: 2), .noInput),
    (.noProtocol(1), .badData), (.nothingInCommon(1, 2), .badData),
    (.noMetric("x", known: ["BLEU-1"]), .usage), (.missing(photos: 1, of: 2, first: "a"), .badData),
  ]) func sentencesNameNoCommand(error: EvaluationError, kind: FailureKind) {
    #expect(error.kind == kind)
    #expect(!"\(error)".contains("--") && !"\(error)".contains("“caption "))
  }
}
