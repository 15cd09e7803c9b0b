import Files
import Foundation
import Store
import SystemPackage
import TestSupport
import Testing

@Suite struct SentimentCommandTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder

  private struct Record: Decodable {
    struct Word: Decodable {
      let word: String
      let start: Int
      let end: Int
      let contribution: Double
    }

    let line: Int?
    let text: String?
    let label: String?
    let probability: Double?
    let probabilities: [String: Double]
    let words: [Word]
    let error: String?
  }

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
  }

  private func sentiment(_ arguments: String..., input: String = "") throws
    -> CommandLineTool.Result
  {
    try sentiment(arguments, input: Data(input.utf8))
  }

  private func sentiment(_ arguments: [String], input: Data = Data()) throws
    -> CommandLineTool.Result
  {
    try caption.run(
      ["sentiment"] + arguments, input: input, environment: ["CAPTION_STORE": storePath])
  }

  private var storePath: String { folder.path + "/captions.sqlite" }

  private func write(_ name: String, _ bytes: Data) throws -> String {
    let path = folder.path + "/" + name
    try bytes.write(to: URL(filePath: path))
    return path
  }

  private func write(_ name: String, _ text: String) throws -> String {
    try write(name, Data(text.utf8))
  }

  private func cells(_ line: String) -> [String] {
    line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
  }

  private let praise = "A wonderful film, moving and funny."
  private let blame = "A dreadful film, dull and stupid."

  @Test func `label, probability and text`() throws {
    let result = try sentiment(praise, blame, "two\nlines\tof a great, great film")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors == "")
    let rows = result.lines.map(cells)
    #expect(rows.map { $0[0] } == ["positive", "negative", "positive"])
    #expect(rows.map { $0[2] } == [praise, blame, #"two\nlines\tof a great, great film"#])
    #expect(rows.allSatisfy { 0.6...1 ~= Double($0[1]) ?? 0 })
    // The order on the command line decides, and one text is answered like several.
    #expect(try sentiment(blame).output == result.lines[1] + "\n")
    #expect(try sentiment("classify", blame).output == result.lines[1] + "\n")
  }

  @Test func `other symbols and other languages get an answer, but no confident one`() throws {
    let result = try sentiment("🦖🪑", "これは日本語です", "Dies hier versteht das Modell wohl kaum")
    #expect(result.status == 0)
    let rows = result.lines.map(cells)
    #expect(rows[0][0] == "neutral" && rows[1][0] == "neutral")
    #expect(rows.allSatisfy { Double($0[1]) ?? 1 < 0.9 }, "\(result.output)")
  }

  @Test func `the threshold decides what is neutral`() throws {
    let probability = try #require(Double(cells(sentiment(praise).lines[0])[1]))
    let sure = try sentiment("--threshold", "1", praise)
    #expect(sure.lines.map(cells)[0][0] == "neutral")
    #expect(Double(cells(sure.lines[0])[1]) == probability)
    for threshold in ["0.49", "1.01", "nan", "x"] {
      #expect(try sentiment("--threshold", threshold, praise).status == 64)
    }
  }

  @Test func `JSON says what each word contributes`() throws {
    let text = "Größe: a wonderful, wonderful film"
    let result = try sentiment("--json", text)
    let record = try JSONDecoder().decode(Record.self, from: Data(result.output.utf8))
    #expect(record.text == text)
    #expect(record.label == "positive")
    #expect(record.line == nil)
    #expect(record.probabilities["positive"] == record.probability)
    #expect(abs(record.probabilities.values.reduce(0, +) - 1) < 1e-9)
    let bytes = Array(text.utf8)
    for word in record.words {
      #expect(String(decoding: bytes[word.start..<word.end], as: UTF8.self) == word.word)
    }
    let strongest = try #require(record.words.max { $0.contribution < $1.contribution })
    #expect(strongest.word == "wonderful")
    let negative = try sentiment("--json", blame)
    let words = try JSONDecoder().decode(Record.self, from: Data(negative.output.utf8)).words
    // Towards the label given, which is another here.
    #expect(words.max { $0.contribution < $1.contribution }?.contribution ?? 0 > 0.3)
  }

  @Test func `lines that cannot be read do not stop the others`() throws {
    var input = Data("\u{FEFF}\(praise)\r\n\n   \n".utf8)
    input += [0x62, 0xFF, 0x0A]
    input += Data(repeating: UInt8(ascii: "a"), count: 4 << 20 + 1) + [0x0A]
    input += Data(blame.utf8)
    let result = try sentiment(["--json"], input: input)
    #expect(result.status == 65)
    let records = try result.lines.map {
      try JSONDecoder().decode(Record.self, from: Data($0.utf8))
    }
    #expect(records.map(\.line) == [1, 2, 3, 4, 5, 6])
    #expect(records.map(\.text) == [praise, "", "   ", "bÿ", nil, blame])
    #expect(records[0].label == "positive" && records[5].label == "negative")
    #expect(records[3].label != nil)
    for place in [1, 2, 4] {
      #expect(records[place].label == nil && records[place].probability == nil)
      #expect(records[place].probabilities.isEmpty)
    }
    #expect(records.map(\.error) == [nil, nil, nil, nil, "it is longer than 4 MiB", nil])
    // Scripts ask for members that are null as for others.
    #expect(
      result.lines[1]
        == #"{"label":null,"line":2,"probabilities":{},"probability":null,"text":"","words":[]}"#)
    #expect(
      result.errors == """
        caption: standard input: line 4 is not UTF-8; such lines are read as Windows-1252; \
        if it is another encoding, “iconv -f ENCODING -t UTF-8” makes UTF-8 of it
        caption: standard input: line 5: it is longer than 4 MiB

        """)
  }

  @Test func `each line has one of the answers, so that they fit beside the lines`() throws {
    let text = "\u{FEFF}\(praise)\n\n  \r\n\t\n\(blame)\n"
    var bytes = Data(text.utf8)
    bytes += Data("A great film, caf".utf8) + [0xE9, 10, 10] + Data(praise.utf8)
    let path = try write("lines.txt", bytes)
    let result = try sentiment("--file", path)
    #expect(result.status == 0)
    #expect(
      result.errors
        == "caption: \(path): line 6 is not UTF-8; such lines are read as Windows-1252; if it is "
        + "another encoding, “iconv -f ENCODING -t UTF-8 \(path)” makes UTF-8 of it\n")
    #expect(try sentiment("--file", path, "--quiet").errors == "")
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines.map { cells(String($0))[0] } == [
        "positive", "", "", "", "negative", "positive", "", "positive", "",
      ])
    #expect(cells(String(lines[5]))[2] == "A great film, café")
    #expect(lines.dropLast().allSatisfy { cells(String($0)).count == 3 })
    for arguments in [[], ["-"]] {
      #expect(try sentiment(arguments, input: bytes).output == result.output)
    }
    #expect(try sentiment(["--json", "--file", path]).lines.count == 8)
    #expect(try sentiment([], input: Data("\n".utf8)).output == "\t\t\n")
    #expect(try sentiment([], input: Data("\n".utf8)).status == 0)
    #expect(try sentiment([], input: Data()).output == "")
    let page = try sentiment("--explain", "--file", path)
    #expect(page.status == 0 && page.output.hasSuffix("</html>\n"))
    #expect(page.output.components(separatedBy: "dreadful").count > 1)
    let kept = try sentiment(["--keep"], input: Data("\n\(praise)\n\n".utf8))
    #expect(kept.status == 0)
    #expect(try sentiment("list").lines.count == 1)
  }

  @Test func `lines of UTF-16 are refused, with a way out`() throws {
    let bytes = try Data([0xFF, 0xFE]) + #require(praise.data(using: .utf16LittleEndian))
    let path = try write("utf16.txt", bytes)
    let result = try sentiment("--file", path)
    #expect(result.status == 65)
    #expect(
      result.errors
        == "caption: \(path): it is UTF-16; “iconv -f UTF-16 -t UTF-8” makes lines of UTF-8 of it\n"
    )
  }

  @Test func `what is no text is refused in a sentence`() throws {
    let jpeg = try sentiment("--file", "data/samples/flower.jpg")
    #expect(jpeg.status == 65)
    #expect(jpeg.errors.hasSuffix("is not text but binary data\n"))
    let blank = try sentiment(" ")
    #expect(blank.status == 65)
    #expect(blank.errors == "caption: there is no text\n")
    #expect(blank.output == "\t\t\n")
    let second = try sentiment(praise, "")
    #expect(second.status == 65)
    #expect(second.errors == "caption: text 2: there is no text\n")
    #expect(second.lines.map { cells($0)[0] } == ["positive", ""])
    let missing = try sentiment("--file", folder.path + "/none")
    #expect(missing.status == 66)
    #expect(missing.errors.hasPrefix("caption: \(folder.path)/none: cannot be read: "))
    let model = try sentiment("--model", "no-such-model", praise)
    #expect(model.status == 66)
    #expect(model.errors.contains("there is no model “no-such-model”"))
  }

  @Test func `many lines are answered as each alone would be`() throws {
    let texts = (0..<300).map { "\($0 % 3 == 0 ? praise : blame) Number \($0)." }
    let path = try write("texts.txt", texts.joined(separator: "\n"))
    let all = try sentiment("--file", path, "--threads", "2")
    #expect(all.lines.map { cells($0)[2] } == texts)
    for place in [0, 150, 299] {
      #expect(try sentiment(texts[place]).lines == [all.lines[place]])
    }
  }

  @Test func `who waits for an answer gets it line by line`() throws {
    let conversation = try caption.converse(["sentiment", "--no-store", "-"])
    for text in [praise, blame, praise] {
      try conversation.tell(text)
      #expect(conversation.answer(seconds: 20)?.hasSuffix(text) == true)
    }
    #expect(try conversation.finish() == 0)
  }

  @Test func `a table comes back with two more columns`() throws {
    let path = try write(
      "table.csv",
      "id,Review,\"a \"\"note\"\"\"\r\n1,\"\(praise)\nReally, it is.\",\"x,y\"\r\n2,  ,\r\n3,"
        + "\"\(blame)\",z\r\n")
    let output = folder.path + "/out.csv"
    let result = try sentiment("--csv", path, "--column", "review", "--output", output)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors == "caption: \(path): 1 row has no text, and no sentiment\n")
    let written = try String(contentsOfFile: output, encoding: .utf8)
    let number = #"0\.[6-9]\d{3}"#
    let expected =
      "^id,Review,\"a \"\"note\"\"\",sentiment,sentiment_probability\r\n"
      + "1,\"\(praise)\nReally, it is.\",\"x,y\",positive,\(number)\r\n2,  ,,,\r\n3,\"\(blame)\","
      + "z,negative,\(number)\r\n$"
    #expect(written.range(of: expected, options: .regularExpression) != nil, "\(written)")
    let tabs = try sentiment(
      ["--csv", "-", "--column", "b"], input: Data("a\tb\n\"\t\(blame)\n".utf8))
    #expect(
      tabs.output.hasPrefix("a\tb\tsentiment\tsentiment_probability\n\"\t\(blame)\tnegative\t"))
  }

  @Test func `a table without the column, or in its own way, is refused`() throws {
    let path = try write(
      "table.csv", "id,review\n1,\(praise.replacingOccurrences(of: ",", with: ""))\n")
    let column = try sentiment("--csv", path, "--column", "text")
    #expect(column.status == 65)
    #expect(
      column.errors == "caption: \(path): line 1: there is no column “text” among “id”, “review”\n")
    #expect(column.output == "")
    let before = try Data(contentsOf: URL(filePath: path))
    let own = try sentiment(
      "--csv", path, "--column", "review", "--output", folder.path + "/./table.csv")
    #expect(own.status == 64)
    #expect(own.errors.contains("is what the command reads"))
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    let twice = try write("twice.csv", "review,sentiment\na,b\n")
    let named = try sentiment("--csv", twice, "--column", "review")
    #expect(named.status == 65)
    #expect(
      named.errors
        == "caption: \(twice): it has a column “sentiment” already; --as NAME gives the new columns "
        + "another name\n")
    let broken = try write("broken.csv", "id,review\n1,\"x\n")
    let target = folder.path + "/never.csv"
    #expect(
      try sentiment("--csv", broken, "--column", "review", "--output", target).status == 65)
    #expect(!FileManager.default.fileExists(atPath: target))
  }

  @Test func `a table with results of its own gets new columns beside them`() throws {
    let path = try write("twice.csv", "review,sentiment\n\"\(praise)\",x\n")
    let named = try sentiment("--csv", path, "--column", "review", "--as", "my guess")
    #expect(named.status == 0, "\(named.errors)")
    #expect(
      named.output.hasPrefix(
        "review,sentiment,my guess,my guess_probability\n\"\(praise)\",x,positive,0."))
  }

  @Test func `rows of other lengths go through as they are`() throws {
    let text = "review,n\nA great film,1\nA dull film\nA dull,long,film\n\"A dull, long film\",2\n"
    let path = try write("table.csv", text)
    let result = try sentiment("--csv", path, "--column", "review")
    #expect(result.status == 65)
    #expect(
      result.errors == """
        caption: \(path): line 3: it has 1 column where the heading has 2; it has no sentiment
        caption: \(path): line 4: it has 3 columns where the heading has 2; it has no sentiment

        """)
    let rows = result.output.split(separator: "\n").map(String.init)
    #expect(rows.count == 5)
    #expect(rows[1].hasPrefix("A great film,1,positive,0."))
    #expect(rows[2...3] == ["A dull film,,,", "A dull,long,film,,"])
    #expect(rows[4].hasPrefix("\"A dull, long film\",2,negative,0."))
  }

  @Test(arguments: [
    ("a,b\n", false), ("\u{FEFF}a,b\r\n", true), ("\u{FEFF}a,b\n", true),
    ("\u{FEFF}sep=,\r\na,b\r\n", true), ("\"sep=,\"\na,b\n", false),
  ])
  func `the mark, the separator and the line ends of a table stay`(
    heading: String, hasMark: Bool
  ) throws {
    let end = heading.contains("\r\n") ? "\r\n" : "\n"
    let text = heading + "x,Schöner: a great film" + end + "y," + end
    let path = try write("table.csv", text)
    let result = try sentiment("--csv", path, "--column", "b", "--output", folder.path + "/out.csv")
    #expect(result.status == 0, "\(result.errors)")
    let written = try Data(contentsOf: URL(filePath: folder.path + "/out.csv"))
    let begin = heading.dropLast() + ",sentiment,sentiment_probability" + end
    #expect(written.starts(with: Data(begin.utf8)))
    #expect(written.starts(with: [0xEF, 0xBB, 0xBF]) == hasMark)
    let rest = String(decoding: written.dropFirst(begin.utf8.count), as: UTF8.self)
    #expect(rest.hasPrefix("x,Schöner: a great film,positive,0."))
    #expect(rest.hasSuffix("\(end)y,,,\(end)"))
  }

  @Test(
    arguments: [
      (String.Encoding.utf16LittleEndian, [0xFF, 0xFE]), (.utf16BigEndian, [0xFE, 0xFF]),
      (.windowsCP1252, []),
    ] as [(String.Encoding, [UInt8])])
  func `tables in other encodings come back in UTF-8 with a mark`(
    encoding: String.Encoding, mark: [UInt8]
  ) throws {
    let text = "Größe\tText\r\n20 €\tI don’t like this dull film\r\n"
    let path = try write("t.txt", Data(mark) + #require(text.data(using: encoding)))
    let result = try sentiment("--csv", path, "--column", "text")
    #expect(result.status == 0, "\(result.errors)")
    let told =
      "caption: \(path): it is not UTF-8; read as Windows-1252; if it is another encoding, “iconv -f "
      + "ENCODING -t UTF-8 \(path)” makes UTF-8 of it\n"
    #expect(result.errors == (mark.isEmpty ? told : ""))
    #expect(
      Data(result.output.utf8).starts(
        with: Data(
          ("\u{FEFF}Größe\tText\tsentiment\tsentiment_probability\r\n"
            + "20 €\tI don’t like this dull film\tnegative\t0.").utf8)), "\(result.output)")
  }

  @Test func `rows in another encoding than the others are read, and told`() throws {
    let path = try write(
      "t.csv", Data("a\né great film\nü great film\n".utf8) + [0x93] + Data("dull film\n".utf8))
    let result = try sentiment("--csv", path, "--column", "a")
    #expect(result.status == 0)
    #expect(result.errors == "caption: \(path): line 4 is not UTF-8; read as Windows-1252\n")
    #expect(result.lines[3].hasPrefix("“dull film,negative,"))
  }

  @Test func `results are scored by the labels of a table`() throws {
    let path = try write(
      "gold.csv",
      """
      text,gold,stars,three
      A wonderful film,pos,1,positive
      A dreadful film,Neg,0,negative
      A great and moving film, NEGATIVE,0,neutral
      A dull and stupid film,neg,0,negative
      A great film,,,
      A great film,mixed,,mixed
      ,pos,1,positive
      A great film
      """ + "\n")
    let output = folder.path + "/out.csv"
    let result = try sentiment("--csv", path, "--column", "text", "--label", "gold", "-o", output)
    #expect(result.status == 65)
    #expect(result.output == "")
    let report = result.errors.split(separator: "\n").map(String.init).filter {
      !$0.hasPrefix("caption: ")
    }
    #expect(
      report == [
        "scored by “gold”: 4 rows; left out: 1 without a label, 2 without a result, 1 with labels "
          + "that the model does not know: “mixed” (1)",
        "accuracy 75.00 %, macro F1 73.33 %; 0 below the threshold of 0.6, which count with their "
          + "likelier label",
        "LABEL     PRECISION  RECALL    F1       ROWS  FOUND NEGATIVE  FOUND POSITIVE",
        "negative  100.00 %   66.67 %   80.00 %  3     2               1",
        "positive  50.00 %    100.00 %  66.67 %  1     0               1",
      ], "\(result.errors)")
    #expect(try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").count == 9)
    let quiet = try sentiment("--csv", path, "--column", "text", "--label", "stars", "--quiet")
    #expect(quiet.errors.contains("scored by “stars”: 4 rows; left out: 2 without a label, 2"))
    #expect(quiet.errors.contains("\naccuracy 75.00 %"))
    #expect(quiet.output.hasPrefix("text,gold,stars,three,sentiment,"))
  }

  private struct Score: Decodable {
    struct Label: Decodable, Equatable {
      let precision: Double?
      let recall: Double?
      let f1: Double?
      let rows: Int
    }

    let rows: Int
    let accuracy: Double?
    let belowThreshold: Int
    let countsNeutral: Bool
    let withoutLabel: Int
    let unknown: [String: Int]
    let labels: [String: Label]
    let confusion: [String: [String: Int]]

    private enum CodingKeys: String, CodingKey {
      case rows, accuracy, unknown, labels, confusion
      case belowThreshold = "below_threshold"
      case countsNeutral = "counts_neutral"
      case withoutLabel = "without_label"
    }
  }

  @Test func `what is below the threshold counts as neutral only where the labels have it`() throws
  {
    let path = try write(
      "gold.csv",
      "text,two,three,none\n\"\(praise)\",1,positive,a\n\"\(blame)\",0,neutral,b\n")
    func score(_ label: String) throws -> Score {
      let result = try sentiment(
        "--csv", path, "--column", "text", "--threshold", "1", "--label", label, "--json", "-o",
        folder.path + "/out.csv")
      #expect(result.status == 0, "\(result.errors)")
      return try JSONDecoder().decode(Score.self, from: Data(result.output.utf8))
    }
    let two = try score("two")
    #expect(two.accuracy == 1 && two.rows == 2 && two.belowThreshold == 2 && !two.countsNeutral)
    #expect(two.labels["positive"] == .init(precision: 1, recall: 1, f1: 1, rows: 1))
    let three = try score("three")
    #expect(three.accuracy == 0.5 && three.belowThreshold == 2 && three.countsNeutral)
    #expect(three.confusion["positive"] == ["negative": 0, "neutral": 1, "positive": 0])
    #expect(three.labels["neutral"] == .init(precision: 0.5, recall: 1, f1: 2 / 3, rows: 1))
    let none = try score("none")
    #expect(none.accuracy == nil && none.rows == 0 && none.unknown == ["a": 1, "b": 1])
  }

  /// What the labels of a column mean does not depend on what else stands there.
  @Test func `strays and other spellings do not hide what labels mean`() throws {
    let path = try write(
      "gold.csv",
      """
      text,ones,strays,spelled,stars
      "\(praise)",1,1,True,1
      "\(blame)",,0,0.0,0
      "\(praise)",1,NaN,N/A,2
      "\(blame)",null,?,mixed,1
      ,0,1,1,1

      """)
    func score(_ label: String) throws -> Score {
      let result = try sentiment(
        "--csv", path, "--column", "text", "--label", label, "--json", "--quiet", "-o",
        folder.path + "/out.csv")
      #expect(result.status == 0, "\(result.errors)")
      return try JSONDecoder().decode(Score.self, from: Data(result.output.utf8))
    }
    for label in ["ones", "strays", "spelled"] {
      let found = try score(label)
      #expect(found.rows == 2 && found.accuracy == 1, "\(label)")
      #expect(found.withoutLabel == (label == "spelled" ? 1 : 2))
      #expect(found.unknown == (label == "spelled" ? ["mixed": 1] : [:]))
    }
    let stars = try score("stars")
    #expect(stars.rows == 0 && stars.unknown == ["0": 1, "1": 2, "2": 1])
  }

  @Test(arguments: [
    ["--as", "a", "text"], ["--label", "a", "text"],
    ["--csv", "a.csv", "--column", "a", "--as", " "],
    ["--csv", "a.csv", "--column", "a", "--label", "b", "--json"],
    ["--csv", "a.csv", "text"], ["--csv", "a.csv"], ["--column", "a"], ["--explain", "--captions"],
    ["--captions", "--no-store"], ["--keep", "--no-store", "text"], ["--captions", "--keep"],
    ["-", "text"], ["--output", "a", "text"],
    ["--json", "--csv", "a.csv", "--column", "a"], ["--threads", "0", "text"],
  ])
  func `options that contradict each other are refused`(arguments: [String]) throws {
    #expect(try sentiment(arguments).status == 64)
  }

  @Test func `an explanation is a page, unless it is for a terminal`() throws {
    let hostile = "<script>alert(1)</script> " + praise
    let page = try sentiment("--explain", hostile)
    #expect(page.status == 0)
    #expect(page.output.hasPrefix("<!DOCTYPE html>") && page.output.hasSuffix("</html>\n"))
    #expect(!page.output.contains("<script"))
    #expect(page.output.contains("<span class=\"towards-3\" title=\"+"))
    let path = folder.path + "/page.html"
    let file = try sentiment("--explain", "--output", path, hostile)
    #expect(file.output == "")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == page.output)
  }

  @Test func `on a terminal words have colours, unless the user wants none`() throws {
    func shown(_ arguments: [String], _ environment: [String: String]) throws -> String {
      let terminal = try PseudoTerminal()
      let result = try caption.run(
        ["sentiment", "--no-store"] + arguments,
        environment: ["TERM": "xterm", "NO_COLOR": ""].merging(environment) { $1 },
        outputPath: terminal.path)
      #expect(result.status == 0, "\(result.errors)")
      return terminal.contents()
    }
    let coloured = try shown(["--explain", "A wonderful film"], [:])
    #expect(coloured.hasPrefix("positive  "))
    #expect(coloured.contains(" \u{1B}[1;38;5;231;48;5;28mwonderful\u{1B}[0m "))
    #expect(coloured.contains("strongest: \u{1B}[38;5;28mwonderful +"))
    #expect(coloured.contains("\nnegative \u{1B}[1;38;5;231;48;5;196m■\u{1B}[0m "))
    let stupid = try shown(["--explain", "A stupid film\u{1B}[2J"], [:])
    #expect(stupid.contains(" \u{1B}[1;38;5;231;48;5;196mstupid\u{1B}[0m film?"))
    let plain = try shown(["--explain", "A wonderful film"], ["NO_COLOR": "1"])
    #expect(!plain.contains("\u{1B}"))
    #expect(plain.contains("\nA wonderful film\nstrongest: wonderful +"))
    let rows = try shown(["🪑", "A wonderful film"], [:]).split(separator: "\n")
    #expect(rows[0] == "neutral   0.50  🪑")
    #expect(rows[1].hasPrefix("positive  ") && rows[1].hasSuffix("  A wonderful film"))
  }

  @Test func `results are kept where the user wants it`() throws {
    _ = try sentiment(praise)
    _ = try sentiment("--no-store", praise)
    #expect(!FileManager.default.fileExists(atPath: storePath))
    let first = try sentiment("--keep", praise, blame)
    _ = try sentiment(praise, "--store", storePath)
    let list = try sentiment("list")
    #expect(list.status == 0, "\(list.errors)")
    #expect(
      list.lines.map { [cells($0)[0], cells($0)[1], cells($0)[3]].joined(separator: "\t") }
        == first.lines.reversed())
    #expect(try sentiment("list", "--limit", "1", "--json").lines.count == 1)
    // Another threshold is another opinion.
    _ = try sentiment("--threshold", "1", "--keep", praise)
    #expect(try sentiment("list").lines.count == 3)
  }

  @Test func `a store that cannot be used is a warning, but one that was named must work`() throws {
    let usual = try caption.run(
      ["sentiment", "--keep", praise], environment: ["CAPTION_STORE": "/proc/none/s"])
    #expect(usual.status == 0)
    #expect(usual.lines.count == 1)
    #expect(usual.errors.contains("results are not kept: "))
    let named = try sentiment("--store", "/proc/none/s", praise)
    #expect(named.status != 0)
    #expect(named.errors.hasPrefix("caption: /proc/none"))
  }

  @Test func `captions in the store are labelled, and then found by their labels`() throws {
    let store = try Store(path: FilePath(storePath), for: .create)
    let model = ModelIdentity(name: "m", contentHash: ContentHash(of: [1]), configuration: "{}")
    let work = try store.work(model, options: "{}")
    let run = try store.beginRun(.batch, request: "{}", work: work)
    let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
    _ = try store.record(
      [praise, blame, praise, " "].enumerated().map { index, text in
        let photo = PhotoRecord(
          identity: PhotoIdentity(content: ContentHash(of: [UInt8(index)])), byteCount: 10,
          format: "JPEG", width: 4,
          height: 3)
        let caption = MachineCaption(
          text: text, logProbability: -3, confidence: 0.25, words: [], alternatives: [])
        return (
          FilePath("/photos/\(index).jpg"), state, .captioned(photo, caption, embedding: nil)
        )
      }, run: run, work: work)
    try store.close()

    let labelled = try sentiment("--captions")
    #expect(labelled.status == 0, "\(labelled.errors)")
    #expect(labelled.lines == ["negative\t1", "neutral\t1", "positive\t2"])
    #expect(labelled.errors.hasPrefix("caption: labelled 4 captions (3 different texts) in 0:0"))
    let again = try sentiment("--captions", "--json", "--quiet")
    #expect(again.errors == "")
    #expect(
      again.output
        == #"{"captions":{"negative":1,"neutral":1,"positive":2},"labelled":0,"texts":0}"# + "\n")
    let found = try caption.run(
      ["search", "sentiment:positive"], environment: ["CAPTION_STORE": storePath])
    #expect(found.lines.count == 2)
    // Only the texts that people gave are listed.
    #expect(try sentiment("list").output == "")
    // Another threshold labels anew.
    #expect(try sentiment("--captions", "--threshold", "1").lines == ["neutral\t4"])
  }

  @Test func `there must be a store whose captions are labelled`() throws {
    #expect(try sentiment("--captions").status == 66)
  }
}
