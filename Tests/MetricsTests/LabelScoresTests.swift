import Metrics
import Testing

struct LabelScoresTests {
  /// The definitions of scikit-learn’s confusion_matrix, accuracy_score,
  /// precision_recall_fscore_support and f1_score(average="macro"), worked out by hand for
  /// given = ["a"] * 5 + ["b"] * 3 + ["c"] * 2,
  /// found = ["a", "a", "a", "b", "c", "b", "b", "a", "c", "b"].
  @Test func asOthersCompute() throws {
    var scores = LabelScores(labels: ["a", "b", "c"])
    scores.add(given: "a", found: "a", count: 3)
    scores.add(given: "a", found: "b")
    scores.add(given: "a", found: "c")
    scores.add(given: "b", found: "b", count: 2)
    scores.add(given: "b", found: "a")
    scores.add(given: "c", found: "c")
    scores.add(given: "c", found: "b")
    #expect(scores.counts == [[3, 1, 1], [1, 2, 0], [0, 1, 1]])
    #expect(scores.count == 10)
    #expect(scores.accuracy == 0.6)
    let a = try #require(scores["a"])
    #expect(a.given == 5 && a.found == 4 && a.right == 3)
    #expect(a.precision == 0.75 && a.recall == 0.6 && a.f1 == 6.0 / 9)
    #expect(scores["b"]?.precision == 0.5 && scores["b"]?.recall == 2.0 / 3)
    let macroF1 = try #require(scores.macroF1)
    #expect(abs(macroF1 - (2.0 / 3 + 4.0 / 7 + 0.5) / 3) < 1e-12)
    #expect(scores["d"] == nil)
  }

  @Test func whatIsNotThereHasNoScore() {
    var scores = LabelScores(labels: ["a", "b", "c"])
    #expect(scores.accuracy == nil && scores.macroF1 == nil)
    scores.add(given: "a", found: "b")
    #expect(scores["a"]?.precision == nil && scores["a"]?.recall == 0 && scores["a"]?.f1 == 0)
    #expect(scores["b"]?.recall == nil && scores["b"]?.precision == 0)
    #expect(scores["c"]?.f1 == nil)
    #expect(scores.macroF1 == 0)
  }
}
