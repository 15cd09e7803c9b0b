import Evaluation
import Metrics
import Store
import Testing

@Suite struct ScoredRunTests {
  @Test func aRunComesBackWithItsScores() throws {
    let sample = try SampleRuns()
    let number = try sample.enter(["a cat", "A cat on a couch.", "two dogs in the snow"])
    let run = try ScoredRun(number, in: sample.store)
    #expect(run.metrics == Metric.builtIn)
    #expect(run.evaluation.scores["vocabulary"] == 9)
    let bleu = try run.scores(by: .bleu1)
    #expect(bleu.count == 3 && bleu[1] > 0.99 && bleu[0] < bleu[2])
    #expect(try run.ranked(by: .ciderD).map(\.item.name) == ["1.jpg", "2.jpg", "0.jpg"])
  }

  @Test func runsAndMeasuresThatAreNotThereAreNamed() throws {
    let sample = try SampleRuns()
    #expect(throws: EvaluationError.noRun(9)) { try ScoredRun(9, in: sample.store) }
    _ = try sample.store.beginRun(.batch, request: "{}", work: nil)
    let number = try sample.enter(["a cat"])
    // As it was called while it was numbered along with batches.
    #expect(throws: EvaluationError.noRun(2, newNumber: 1)) { try ScoredRun(2, in: sample.store) }
    let run = try ScoredRun(number, in: sample.store)
    #expect {
      try run.scores(by: .meteor)
    } throws: { error in
      "\(error)".hasPrefix("there is no measure “METEOR”; there are BLEU-1, ")
    }
  }
}
