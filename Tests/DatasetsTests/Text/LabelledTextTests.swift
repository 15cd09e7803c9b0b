import Datasets
import Testing

struct LabelledTextTests {
  @Test(arguments: [
    (LabelledText.Target.label("a"), "a"),
    (.probabilities(["negative": 0.25, "positive": 0.75]), "positive"),
    (.probabilities(["negative": 0.5, "positive": 0.5]), "negative"),
  ])
  func theLikeliestLabel(target: LabelledText.Target, label: String) {
    #expect(LabelledText(text: "x", target: target).label == label)
  }

  @Test(arguments: [
    "sentence\tnegative\tpositive\nFine.\t0.1\t0.9\nDull.\t 1\t0e0\n",
    "sentence\tpositive\tnegative\nFine.\t0.9\t0.1\nDull.\t0\t1\n",
    "Positive,id,text,NEGATIVE\n0.9,7,Fine.,.1\n0,8,Dull.,1\n",
    "{\"text\":\"Fine.\",\"negative\":0.1,\"positive\":\"0.9\"}\n"
      + "{\"positive\":0,\"negative\":1,\"text\":\"Dull.\"}",
  ])
  func aColumnForEachLabel(text: String) throws {
    let found = try labelled(text)
    #expect(
      found.texts == [
        LabelledText(text: "Fine.", target: .probabilities(["negative": 0.1, "positive": 0.9])),
        LabelledText(text: "Dull.", target: .probabilities(["negative": 1, "positive": 0])),
      ])
    #expect(found.labels == ["negative", "positive"])
    #expect(found.problems.isEmpty)
  }

  @Test func threeLabels() throws {
    let found = try labelled("text,negative,neutral,positive\nx,0.25,0.5,0.25\n")
    #expect(
      found.texts.map(\.target) == [
        .probabilities(["negative": 0.25, "neutral": 0.5, "positive": 0.25])
      ])
  }

  /// Probabilities are read where there are no labels.
  @Test func aLabelColumnGoesFirst() throws {
    let text = "text,negative,positive,label\nx,0.1,0.9,a\ny,0.2,0.8,b\n"
    #expect(try labelled(text).rows == ["a: x", "b: y"])
    let named = try labelled("text,negative,positive\nx,0.1,0.9\ny,0.2,0.8\n") {
      $0.labelColumn = "negative"
    }
    #expect(named.rows == ["0.1: x", "0.2: y"])
  }

  @Test(arguments: [
    ["0.3334", "0", "0.6674"], ["0.33", "0.33", "0.33"], ["0.34", "0.34", "0.34"],
    ["0.98", "0", "0"],
  ])
  func tablesRoundProbabilities(cells: [String]) throws {
    let row = "x\t" + cells.joined(separator: "\t")
    let found = try labelled("text\tnegative\tneutral\tpositive\n\(row)\n")
    guard case .probabilities(let probabilities) = try #require(found.texts.first).target else {
      Issue.record("there are no probabilities")
      return
    }
    #expect(abs(probabilities.values.reduce(0, +) - 1) < 1e-12)
    let values = try cells.map { try #require(Double($0)) }
    let negative = try #require(probabilities["negative"])
    #expect(abs(negative - values[0] / values.reduce(0, +)) < 1e-12)
  }

  @Test func rowsWithoutProbabilitiesAreLeftOut() throws {
    let table = try labelled("text,negative,positive\nx,0.1,0.9\ny,, \nz,nan,NaN\nu,nan,1\n")
    #expect(table.rows == ["positive: x"])
    #expect(
      table.sentences == [
        "t: line 3: text without label: there is no label; left out",
        "t: line 4: text without label: there is no label; left out",
        "t: line 5: broken row: “negative” holds “nan”, not a probability from 0 to 1; left out",
      ])
    let objects = try labelled(
      "{\"text\":\"x\",\"negative\":0.1,\"positive\":0.9}\n"
        + "{\"text\":\"y\",\"negative\":null}")
    #expect(objects.rows == ["positive: x"])
    #expect(
      objects.sentences == ["t: line 2: text without label: there is no label; left out"])
  }

  @Test(arguments: [
    ("x,0.1", "line 3: it has 2 columns where there should be 3; left out"),
    ("x,0.1,", "line 3: “positive” holds “”, not a probability from 0 to 1; left out"),
    ("x,1.1,-0.1", "line 3: “negative” holds “1.1”, not a probability from 0 to 1; left out"),
    ("x,0.9,nan", "line 3: “positive” holds “nan”, not a probability from 0 to 1; left out"),
    ("x,9,many", "line 3: “negative” holds “9”, not a probability from 0 to 1; left out"),
    (
      "x,0.1,0.8",
      "line 3: the probabilities “negative”, “positive” sum to 0.9, not to 1; left out"
    ),
    (
      "x,0.1,0.9211",
      "line 3: the probabilities “negative”, “positive” sum to 1.021, not to 1; left out"
    ),
  ])
  func whatIsWrong(row: String, sentence: String) {
    let text = "text,negative,positive\n\n\(row)\n"
    #expect(failure { _ = try labelled(text) } == "t: " + sentence)
  }
}
