import Datasets
import Testing

struct TextTableFileTests {
  @Test(arguments: ["", "sentence\tlabel\n", "\u{FEFF}sentence\tlabel\r\n", "Text\tClass\n"])
  func tabsWithAHeadingAndWithout(heading: String) throws {
    let rows = try labelled(heading + "\"A \"\"fine\"\" film .\t1\nit \"drags\t0\r\nWell, yes\t 1")
    #expect(rows.rows == ["1: \"A \"\"fine\"\" film .", "0: it \"drags", "1: Well, yes"])
    #expect(rows.problems.isEmpty)
    #expect(rows.labels == ["0", "1"])
  }

  @Test func columnsInAnyPlace() throws {
    let found = try labelled(
      "id,Polarity,content\n1,good,\"Two\nlines, \"\"quoted\"\".\"\n2,bad,Dull.\n")
    #expect(found.rows == ["good: Two\nlines, \"quoted\".", "bad: Dull."])
    #expect(try labelled("review;class\nFine.;a\nDull.;b\n").rows == ["a: Fine.", "b: Dull."])
    let named = try labelled("text,label,stars,Comment\nx,y,5,Fine.\nx,y,1,Dull.\n", .csv) {
      $0.textColumn = "comment"
      $0.labelColumn = "stars"
    }
    #expect(named.rows == ["5: Fine.", "1: Dull."])
  }

  @Test func usualColumnsInTheirOrder() throws {
    let found = try labelled("content,class,label,text\nno,no,a,Fine.\nno,no,b,Dull.\n")
    #expect(found.rows == ["a: Fine.", "b: Dull."])
  }

  @Test func separatorsInTexts() throws {
    #expect(
      try labelled("sentence\tlabel\nFine,\tall\tin all\t1\nDull.\t0\n").rows == [
        "1: Fine,\tall\tin all", "0: Dull.",
      ])
    let found = try labelled("label,text\na,Fine, all in all\nb,\"Dull\".\n")
    #expect(found.rows == ["a: Fine, all in all", "b: Dull."])
    #expect(
      found.sentences == [
        "t: line 2: broken row: the text has separators; read as one text",
        "t: line 3: broken row: text follows a closing quote; kept with the cell",
      ])
  }

  @Test(arguments: [
    (
      "a,b\nx,y\n",
      "line 1: there is no column “text” or “sentence” or “review” or “content” among "
        + "“a”, “b”"
    ),
    (
      "text,stars\nx,y\n",
      "line 1: there is no column “label” or “sentiment” or “polarity” or "
        + "“class” among “text”, “stars”"
    ),
    ("n,text,label\n1,Fine.\n", "line 2: it has 2 columns where there should be 3; left out"),
    ("text,label\nFine.,1\n\"Dull.,0\n", "line 3: a double quote opens there and is never closed"),
    ("text,label\nFine.,\nDull., \n", "none of its texts has a label"),
    ("text,label\n,1\nDull., \n", "there is no text in it that could be used"),
    ("text,label\n  ,1\n,2\n", "all its texts are blank"),
    ("text,label\n", "there are no texts in it"),
    ("", "there are no texts in it"),
    ("text,label\nFi\u{0}ne.,1\n", "line 2: it has a zero byte: this is no text"),
  ])
  func whatIsWrong(text: String, sentence: String) {
    #expect(failure { _ = try labelled(text, .csv) } == "t: " + sentence)
  }

  @Test func rowsThatCannotBeUsedAreLeftOut() throws {
    let lines = try labelled("Fine.\t1\nSo so.\nDull.\t0\nWell.\t \n")
    #expect(lines.rows == ["1: Fine.", "0: Dull."])
    #expect(
      lines.sentences == [
        "t: line 2: broken row: it has 1 column where there should be 2; left out",
        "t: line 4: text without label: there is no label; left out",
      ])
    let table = try labelled(
      "text,label,n\nFine.,a,2\nDull.,b\nDu,ll.,b,3\nSo so.,,4\nBad.,b,5\n")
    #expect(table.rows == ["a: Fine.", "b: Bad."])
    #expect(
      table.sentences == [
        "t: line 3: broken row: it has 2 columns where there should be 3; left out",
        "t: line 4: broken row: it has 4 columns where there should be 3; left out",
        "t: line 5: text without label: there is no label; left out",
      ])
  }

  @Test func linesWithoutLabels() {
    #expect(
      failure { _ = try labelled("Fine.\t1\t2\nDull.\t2\t0\n") }.hasSuffix(
        "among “Fine.”, “1”, “2”"))
    #expect(
      failure { _ = try labelled("Fine.\nDull.\n") }.hasPrefix("t: there are no labels in it"))
  }

  @Test func oneColumnForBothIsRefused() {
    #expect(
      failure { _ = try labelled("text,label\na,b\n") { $0.labelColumn = "text" } }
        == "t: line 1: the column “text” cannot be both text and label")
  }

  @Test func blankTextsAreLeftOut() throws {
    let found = try labelled("Fine.\t1\n \t0\n\nDull.\t0\n")
    #expect(found.rows == ["1: Fine.", "0: Dull."])
    #expect(found.sentences == ["t: line 2: blank text: there is no text; left out"])
  }

  @Test func manyColumnsMakeAShortSentence() {
    let heading = (0..<200_000).map { "column\($0)" }.joined(separator: ",")
    #expect(failure { _ = try labelled(heading + "\n", .csv) }.utf8.count < 800)
  }

  @Test(arguments: [LabelledTextFormat.tsv, .csv, .jsonl])
  func longLinesAreRefused(format: LabelledTextFormat) {
    let long = String(repeating: "long ", count: 4 << 20)
    let text = format == .jsonl ? "{\"text\": \"\(long)\"}" : "text\tlabel\n\(long)\t1\n"
    #expect(
      failure { _ = try labelled(text, format) }
        == "t: line \(format == .jsonl ? 1 : 2): it is longer than 16 MiB")
  }
}
