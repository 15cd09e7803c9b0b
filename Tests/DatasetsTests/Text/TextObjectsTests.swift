import Datasets
import Testing

struct TextObjectsTests {
  @Test func numbersAndStrings() throws {
    let found = try labelled(
      """
      {"review": "A “fine”\\nfilm.", "id": [1, {"a": null}], "sentiment": 1}

      {"sentiment": "0", "review": "Dull.", "text2": true}
      {"sentiment": 2.5, "review": "So so."}
      {"sentiment": -3, "review": " "}
      """)
    #expect(found.rows == ["1: A “fine”\nfilm.", "0: Dull.", "2.5: So so."])
    #expect(found.sentences == ["t: line 5: blank text: there is no text; left out"])
  }

  @Test func namedMembers() throws {
    let found = try labelled("{\"a\":\"x\",\"b\":1}\n{\"b\":2,\"a\":\"y\"}") {
      $0.textColumn = "a"
      $0.labelColumn = "b"
    }
    #expect(found.rows == ["1: x", "2: y"])
  }

  @Test(arguments: [
    (
      "{\"text\": \"a\", \"stars\": 1}",
      "line 1: there is no column “label” or “sentiment” or "
        + "“polarity” or “class” among “stars”, “text”"
    ),
    ("{\"text\": \"a\", \"label\": null}", "none of its texts has a label"),
    ("{\"text\": [\"a\"], \"label\": 1}", "line 1: “text” is not a string; left out"),
    (
      "{\"text\": \"a\", \"label\": {}}",
      "line 1: “label” is neither a string nor a number; left out"
    ),
    ("{\"text\": \"a\", \"label\": 1", "line 1: it is not a JSON object"),
    ("{\"text\": \"a\", \"label\": 1}\n[]", "line 2: it is not a JSON object"),
  ])
  func whatIsWrong(text: String, sentence: String) {
    #expect(failure { _ = try labelled(text) } == "t: " + sentence)
  }

  @Test func truthsAreLabels() throws {
    let found = try labelled("{\"text\":\"a\",\"label\":true}\n{\"text\":\"b\",\"label\":false}")
    #expect(found.rows == ["true: a", "false: b"])
  }

  /// As Python writes what is missing.
  @Test func bareNaNDoesNotStopTheOthers() throws {
    let found = try labelled(
      """
      {"text": "a", "label": 1, "score": NaN}
      {"text": "NaN", "label": 0}
      {"text": "b", "label": NaN}
      {"text": NaN, "label": 1}
      {"label": 1}
      """)
    #expect(found.rows == ["1: a", "0: NaN"])
    #expect(
      found.sentences == [
        "t: line 3: broken row: “label” is neither a string nor a number; left out",
        "t: line 4: broken row: “text” is not a string; left out",
        "t: line 5: broken row: “text” is missing; left out",
      ])
    let probabilities = try labelled(
      """
      {"text": "a", "negative": 0.25, "positive": 0.75}
      {"text": "b", "negative": NaN, "positive": 0.75}
      """)
    #expect(probabilities.rows == ["positive: a"])
    #expect(probabilities.problems.count == 1)
  }

  @Test func textsWithoutLabelsAreLeftOut() throws {
    let found = try labelled(
      """
      {"text": "One."}
      {"text": "Two.", "label": "a"}
      {"text": "Three.", "label": null}
      {"text": "Four."}
      {"text": "Five.", "label": " "}
      {"text": "Six.", "label": "b"}
      """)
    #expect(found.rows == ["a: Two.", "b: Six."])
    #expect(
      found.sentences
        == [1, 3, 4, 5].map { "t: line \($0): text without label: there is no label; left out" })
  }

  @Test func deepObjectsAreRefused() {
    let deep = "{\"text\": " + String(repeating: "[", count: 1 << 20)
    #expect(failure { _ = try labelled(deep) } == "t: line 1: it is not a JSON object")
  }
}
