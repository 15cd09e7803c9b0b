import Datasets
import Foundation
import SystemPackage
import Testing

struct LabelledTextSourceTests {
  private let folder: FileFolder

  init() throws { folder = try FileFolder() }

  private func source(_ name: String, _ format: LabelledTextFormat? = nil) -> LabelledTextSource {
    LabelledTextSource(path: folder.path(name), format: format)
  }

  /// What went wrong, without the folder's path.
  private func sentence(_ body: () throws -> Void) -> String {
    failure(body).replacingOccurrences(of: folder.path("").string + "/", with: "")
  }

  @Test(arguments: [
    (["0", "1"], ["negative", "positive"]), (["1", "-1"], ["positive", "negative"]),
    (["0", "1", "2"], ["0", "1", "2"]), (["0", "4"], ["0", "4"]), (["-1", "0"], ["-1", "0"]),
    (["NEG", "Positive", "neutral"], ["negative", "positive", "neutral"]),
    (["pos", "0"], ["positive", "negative"]), (["ham", "spam"], ["ham", "spam"]),
    (["1"], ["positive"]), (["0.0"], ["negative"]),
    (["0", "1", "mixed"], ["negative", "positive", "mixed"]),
    (["1.0", "0.0"], ["positive", "negative"]), (["True", "false"], ["positive", "negative"]),
    (["TRUE", "0"], ["positive", "negative"]), (["-1.0", "1"], ["negative", "positive"]),
    (["1.0", "2", "2.5"], ["1", "2", "2.5"]), (["True", "2"], ["True", "2"]),
    (["inf", "0x", "1e999"], ["inf", "0x", "1e999"]),
  ])
  func canonicalLabels(labels: [String], names: [String]) throws {
    let text = labels.map { "Words.\t\($0)\n" }.joined()
    let texts = try labelled(text).texts
    #expect(texts.map(\.label) == labels)
    #expect(CanonicalLabels.renamed([texts]).map { $0.map(\.label) } == [names])
  }

  /// A file of one label is understood as the others are.
  @Test func canonicalLabelsOfSeveralFiles() throws {
    func names(_ files: [[String]]) -> [[String]] {
      CanonicalLabels.renamed(
        files.map { $0.map { LabelledText(text: "x", target: .label($0)) } }
      ).map { $0.map(\.label) }
    }
    #expect(names([["1"], ["0"]]) == [["positive"], ["negative"]])
    #expect(names([["1"], ["2", "3"]]) == [["1"], ["2", "3"]])
    #expect(names([["1"], ["-1", "1"]]) == [["positive"], ["negative", "positive"]])
    #expect(
      names([["0", "1"], ["0.0", "1.0"], ["-1", "1"]])
        == [[String]](repeating: ["negative", "positive"], count: 3))
    #expect(names([["2.0", "1.0"], ["1", "2"]]) == [["2", "1"], ["1", "2"]])
    #expect(names([]) == [])
  }

  @Test(arguments: [
    "", " ", "NaN", "nan", "null", "NULL", "None", "N/A", "NA", "n/a", "#N/A", "<NA>", "?",
  ])
  func cellsThatAreNoLabels(cell: String) throws {
    let found = try labelled("x\t1\nNaN\t0\ny\t\(cell)\n")
    #expect(found.rows == ["1: x", "0: NaN"])
    #expect(
      found.sentences == ["t: line 3: text without label: there is no label; left out"])
    #expect(CanonicalLabels.label(in: cell) == nil)
    #expect(CanonicalLabels.label(in: "none") == "none")
  }

  @Test func formatsByNameAndContents() throws {
    try folder.write("a.jsonl", "\n{\"text\":\"x\",\"label\":1}\n{\"text\":\"y\",\"label\":2}")
    try folder.write("a.CSV", "\"text\",\"label\"\nx,1\ny,2\n")
    try folder.write("a.tsv", "x\t1\ny\t2\n")
    for name in ["a.jsonl", "a.CSV", "a.tsv"] {
      let bytes = try Data(contentsOf: URL(filePath: folder.path(name).string))
      try folder.write("data", String(decoding: bytes, as: UTF8.self))
      for file in [name, "data"] {
        #expect(try source(file).labelledTexts().rows == ["1: x", "2: y"], "\(file) as \(name)")
        #expect(try source(file).texts().texts.count == 2 || name == "a.tsv")
      }
    }
    try folder.write("a.txt", "text,label\nx,1\ny,2\n")
    #expect(try source("a.txt").labelledTexts().rows == ["1: x", "2: y"])
    #expect(try source("a.txt").texts().texts == ["text,label", "x,1", "y,2"])
    #expect(try source("a.txt", .csv).texts().texts == ["x", "y"])
  }

  @Test func textsNeedNoLabels() throws {
    try folder.write("a.tsv", "One.\t1\nTwo.\n")
    #expect(try source("a.tsv").texts().texts == ["One.", "Two."])
    try folder.write("b.csv", "n,review\n1,One.\n2,Two.\n")
    #expect(try source("b.csv").texts().texts == ["One.", "Two."])
    try folder.write("c.jsonl", "{\"text\":\"One.\"}\n{\"text\":\"Two.\",\"label\":[]}")
    #expect(try source("c.jsonl").texts().texts == ["One.", "Two."])
    try folder.write("d.txt", "One, \"two.\r\n\n \nThree.")
    #expect(try source("d.txt").texts().texts == ["One, \"two.", "Three."])
    try folder.write("e.txt", " \n\n")
    #expect(sentence { _ = try source("e.txt").texts() } == "e.txt: there are no texts in it")
  }

  @Test func otherEncodingsAreReadAndTold() throws {
    let text = "text\tlabel\nOne.\t1\nCafé: “no”\t0\n"
    let encodings: [(String.Encoding, mark: [UInt8], place: String)] = [
      (.windowsCP1252, [], ": line 3"), (.utf16LittleEndian, [0xFF, 0xFE], ""),
      (.utf16BigEndian, [0xFE, 0xFF], ""),
    ]
    for (encoding, mark, place) in encodings {
      let bytes = try Data(mark) + #require(text.data(using: encoding))
      try bytes.write(to: URL(filePath: folder.path("a.tsv").string))
      try FileManager.default.createDirectory(
        atPath: folder.path("f/no").string, withIntermediateDirectories: true)
      try folder.write("f/yes/1.txt", "One.")
      try bytes.write(to: URL(filePath: folder.path("f/no/1.txt").string))
      let found = try source("a.tsv").labelledTexts()
      #expect(found.rows == ["1: One.", "0: Café: “no”"])
      #expect(folder.sentences(found.problems).count == 1)
      #expect(
        folder.sentences(found.problems).first?.hasPrefix("a.tsv\(place): other encoding: ")
          == true)
      #expect(try source("f").labelledTexts().rows == ["no: " + text.dropLast(), "yes: One."])
      #expect(try source("a.tsv").texts().texts == ["One.", "Café: “no”"])
    }
  }

  /// By themselves “ß…” in Windows-1252, 0xDF 0x85, are a letter in UTF-8.
  @Test func whatMostLinesAreDecides() throws {
    let text = "text\tlabel\nGrüße\t1\nSpaß…\t0\nÖde\t0\n"
    let bytes = try #require(text.data(using: .windowsCP1252))
    try bytes.write(to: URL(filePath: folder.path("a.tsv").string))
    #expect(try source("a.tsv").labelledTexts().rows == ["1: Grüße", "0: Spaß…", "0: Öde"])
    let mixed = Data("text\tlabel\nGrüße é \u{2019}".utf8) + [0x92, 0x09, 0x31, 10]
    try (mixed + Data("Öde\t0\n".utf8)).write(to: URL(filePath: folder.path("b.tsv").string))
    #expect(try source("b.tsv").labelledTexts().rows == ["1: Grüße é ’’", "0: Öde"])
  }

  @Test func theSeparatorMayStandInTheFirstLine() throws {
    for line in [
      "sep=;\n", "SEP=;\r\n", "\"sep=;\"\n", "\u{FEFF}sep=;\r\n", "sep=;;\n", "sep=; \r\n",
      "\"sep=;\";;\n",
    ] {
      for format in [LabelledTextFormat.csv, nil] {
        let found = try labelled(line + "text;label\na, b, c;x\n\"d;e\";y\nf\n", format)
        #expect(found.rows == ["x: a, b, c", "y: d;e"])
        #expect(
          found.sentences == [
            "t: line 5: broken row: it has 1 column where there should be 2; left out"
          ])
      }
    }
  }

  @Test(arguments: [LabelledTextFormat.csv, .tsv])
  func linesThatEndInReturnsAreRefused(format: LabelledTextFormat) {
    #expect(
      failure { _ = try labelled("text\tlabel\rx\t1\ry\t0\r", format) }
        == "t: its lines end in carriage returns alone; “tr '\\r' '\\n'” makes line ends of them")
  }

  @Test(arguments: [
    (String.Encoding.utf16LittleEndian, "UTF-16LE"), (.utf16BigEndian, "UTF-16BE"),
  ])
  func utf16WithoutAMarkIsRefusedWithAWayOut(encoding: String.Encoding, name: String) throws {
    let bytes = try #require("text\tlabel\nÄußerst öde.\t0\n".data(using: encoding))
    try bytes.write(to: URL(filePath: folder.path("a.tsv").string))
    #expect(
      sentence { _ = try source("a.tsv").labelledTexts() }
        == "a.tsv: it is UTF-16 without a byte order mark; “iconv -f \(name) -t UTF-8” makes UTF-8 "
        + "of it")
  }

  @Test func whatIsNotThere() throws {
    for format in LabelledTextFormat.allCases + [nil] {
      #expect(
        sentence { _ = try source("none", format).labelledTexts() }.hasSuffix(
          "there is no such file"))
    }
    try folder.write("a/b.csv", "")
    #expect(
      sentence { _ = try source("a", .csv).labelledTexts() } == "a: cannot be read: Is a directory")
  }
}
