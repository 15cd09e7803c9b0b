import Datasets
import Foundation
import SystemPackage
import TestSupport
import Testing

struct TextTableTests {
  private func table(
    _ text: String, _ column: String, separator: UInt8? = nil
  ) throws -> (heading: [String], rows: [TextTable.Row]) {
    let file = try TemporaryFile(Data(text.utf8))
    let table = try TextTable(path: FilePath(file.path), column: column, separator: separator)
    var rows: [TextTable.Row] = []
    while let row = try table.next() { rows.append(row) }
    return (table.heading, rows)
  }

  private func table(
    _ bytes: Data, _ column: String
  ) throws -> (table: TextTable, rows: [TextTable.Row]) {
    let file = try TemporaryFile(bytes)
    let table = try TextTable(path: FilePath(file.path), column: column)
    var rows: [TextTable.Row] = []
    while let row = try table.next() { rows.append(row) }
    return (table, rows)
  }

  private func sentence(_ text: String, _ column: String) -> String {
    failure { _ = try table(text, column) }.replacing(#/^.*\.bin: /#, with: "")
  }

  @Test func rowsAsTheyStand() throws {
    let found = try table(
      "\u{FEFF}\"Id\", Text ,\"a\"\"b\"\r\n1,\"Two\r\nlines, \"\"quoted\"\"\",\r\n\r\n,,\" \"",
      "text")
    #expect(found.heading == ["Id", " Text ", "a\"b"])
    #expect(found.rows.map(\.cells) == [["1", "Two\r\nlines, \"quoted\"", ""], ["", "", " "]])
    #expect(found.rows.map(\.text) == ["Two\r\nlines, \"quoted\"", ""])
    #expect(found.rows.map(\.line) == [2, 5])
  }

  @Test func separators() throws {
    #expect(try table("a;b\nx,y;2\n", "a").rows.map(\.text) == ["x,y"])
    #expect(try table("a\tb\n\"x, y\t2\n", "a").rows.map(\.text) == ["\"x, y"])
    #expect(try table("a|b\nx,y|2\n", "a", separator: UInt8(ascii: "|")).rows[0].text == "x,y")
  }

  @Test func separatorsInAHeading() throws {
    #expect(try table("\n\r\na,b\nx,y\n", "a").rows.map(\.text) == ["x"])
    #expect(try table("\"a;b;\",c\nx,y\n", "c").rows.map(\.text) == ["y"])
    #expect(try table("5\" screen\tc\nx\ty\n", "c").rows.map(\.text) == ["y"])
  }

  @Test func oneColumnNeedsNoQuotes() throws {
    let rows = try table("a\nx, y;\tz\n\"u, \"\"v\"\"\nw\"\n", "a").rows
    #expect(rows.map(\.text) == ["x, y;\tz", "u, \"v\"\nw"])
  }

  /// Cells, quotes, line ends and letters of several bytes lie on the borders of what is read at a
  /// time, whatever its length.
  @Test func rowsLongerThanWhatIsReadAtATime() throws {
    let texts = (0..<4_000).map { number in
      String(repeating: "“\u{1F600}”, \"\r\n", count: number % 37)
    }
    let lines = texts.map { "\"\($0.replacingOccurrences(of: "\"", with: "\"\""))\",é\r\n" }
    let found = try table("text,other\r\n" + lines.joined(), "text")
    #expect(found.rows.map(\.text) == texts)
    #expect(found.rows.allSatisfy { $0.cells[1] == "é" })
  }

  @Test func rowsOfOtherLengthsDoNotStopTheOthers() throws {
    let rows = try table("a,b\n1,2\n3\n4,5,6\n7,8\n", "b").rows
    #expect(rows.map(\.text) == ["2", "", "", "8"])
    #expect(rows.map(\.cells) == [["1", "2"], ["3"], ["4", "5", "6"], ["7", "8"]])
    #expect(
      rows.map(\.fault) == [
        nil, "it has 1 column where the heading has 2", "it has 3 columns where the heading has 2",
        nil,
      ])
  }

  @Test func blankLinesAreRowsOfOneColumn() throws {
    let rows = try table("\n\na\nx\n\n\r\ny\n\n", "a").rows
    #expect(rows.map(\.text) == ["x", "", "", "y", ""])
    #expect(rows.map(\.line) == [4, 5, 6, 7, 8])
    #expect(try table("a,b\n\nx,1\n\n", "a").rows.map(\.text) == ["x"])
    #expect(try table("a\n", "a").rows.isEmpty)
  }

  @Test(
    arguments: [
      (String.Encoding.utf16LittleEndian, [0xFF, 0xFE], TextEncoding.utf16LittleEndian),
      (.utf16BigEndian, [0xFE, 0xFF], .utf16BigEndian),
      (.utf8, [0xEF, 0xBB, 0xBF], .utf8), (.utf8, [], .utf8), (.windowsCP1252, [], .windows1252),
    ] as [(String.Encoding, [UInt8], TextEncoding)])
  func encodings(encoding: String.Encoding, mark: [UInt8], expected: TextEncoding) throws {
    let text = "id;Größe\r\n1;\"Spaß…\nund “mehr”\"\r\n2;20 €\r\n"
    let found = try table(Data(mark) + #require(text.data(using: encoding)), "größe")
    #expect(found.table.heading == ["id", "Größe"])
    #expect(found.rows.map(\.text) == ["Spaß…\nund “mehr”", "20 €"])
    #expect(found.table.encoding == expected)
    #expect(found.table.hasMark == !mark.isEmpty)
    #expect(found.table.lineEnd == "\r\n")
    #expect(found.rows.allSatisfy { !$0.isRepaired })
  }

  /// Units and characters of two units lie on the borders of what is read at a time.
  @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian])
  func longTablesOfUTF16(encoding: String.Encoding) throws {
    let mark: [UInt8] = encoding == .utf16LittleEndian ? [0xFF, 0xFE] : [0xFE, 0xFF]
    let texts = (0..<3_000).map { String(repeating: "\u{1F600}é", count: $0 % 61) + "." }
    let text = "a\n" + texts.map { $0 + "\n" }.joined()
    let found = try table(Data(mark) + #require(text.data(using: encoding)), "a")
    #expect(found.rows.map(\.text) == texts)
  }

  @Test func unitsThatAreNoCharacters() throws {
    let halves: [UInt8] = [0xFE, 0xFF, 0, 0x61, 0, 10, 0xD8, 0x3D, 0, 0x62, 0xDE, 0, 0, 10, 0xD8]
    #expect(try table(Data(halves), "a").rows.map(\.text) == ["\u{FFFD}b\u{FFFD}", "\u{FFFD}"])
  }

  /// As when somebody pastes rows of one table into another.
  @Test func rowsOfAnotherEncoding() throws {
    let text = Data("a,b\né,1\nü,2\n".utf8) + [0x93, 0xE9, 0x94, 0x2C, 0x33, 10]
    let found = try table(text, "a")
    #expect(found.table.encoding == .utf8)
    #expect(found.rows.map(\.text) == ["é", "ü", "“é”"])
    #expect(found.rows.map(\.isRepaired) == [false, false, true])
  }

  @Test(arguments: ["sep=;", "SEP=;", "\"sep=;\"", "sep=;;", "sep=; ", "\"sep=;\";"])
  func aFirstLineThatNamesTheSeparator(line: String) throws {
    let found = try table(Data("\u{FEFF}\(line)\r\na,x;b\r\n1;2\r\n".utf8), "b")
    #expect(found.table.separatorLine == line)
    #expect(found.table.heading == ["a,x", "b"])
    #expect(found.rows.map(\.text) == ["2"])
    #expect(found.rows.map(\.line) == [3])
    #expect(try table(Data("sep=;x\n1;2\n".utf8), "x").table.separatorLine == nil)
  }

  @Test func tabsHaveQuotesWhereExcelWritesThem() throws {
    let text = "a\tb\r\n\"x\ty\"\t2\r\n"
    let excel = try table(Data([0xFF, 0xFE]) + #require(text.data(using: .utf16LittleEndian)), "a")
    #expect(excel.table.hasQuotes)
    #expect(excel.rows.map(\.text) == ["x\ty"])
    #expect(try !table(Data("a\tb\n1\t2\n".utf8), "a").table.hasQuotes)
  }

  @Test func labels() throws {
    let file = try TemporaryFile(Data("a,Gold ,b\n1,x,2\n3,,4\n5\n".utf8))
    func labels(_ name: String) throws -> [String?] {
      let table = try TextTable(path: FilePath(file.path), column: "b", label: name)
      var labels: [String?] = []
      while let row = try table.next() { labels.append(row.label) }
      return labels
    }
    #expect(try labels("gold") == ["x", "", nil])
    #expect(
      failure { _ = try labels("silver") }
        == "\(file.path): line 1: there is no column “silver” among “a”, “Gold ”, “b”")
    #expect(
      failure { _ = try labels("b") }
        == "\(file.path): line 1: the column “b” cannot be both text and label")
  }

  @Test func whatIsWrong() {
    #expect(sentence("a,b\n1,2\n", "c") == "line 1: there is no column “c” among “a”, “b”")
    #expect(sentence("a,a\n1,2\n", "a") == "line 1: more than one column is called “a”")
    #expect(
      sentence("a,b\n1,\"2\n", "a") == "line 2: a double quote opens there and is never closed")
    #expect(sentence("\n\n", "a") == "there is no heading in it")
    #expect(
      sentence("a,b\rx,1\r", "a")
        == "its lines end in carriage returns alone; “tr '\\r' '\\n'” makes line ends of them")
    #expect(
      failure { _ = try TextTable(path: "/no/such.csv", column: "a") }
        == "/no/such.csv: there is no such file")
  }

  @Test(
    arguments: [
      [0x50, 0x4B, 3, 4, 0x14, 0, 6, 0, 8, 0], [0x61, 0, 0x2C, 0, 0x62, 0, 10, 0],
      [0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0],
    ] as [[UInt8]])
  func bytesThatAreNoText(bytes: [UInt8]) throws {
    #expect(
      failure { _ = try table(Data(bytes), "a") }.hasSuffix(
        "line 1: it is not text but binary data, or UTF-16 without a byte order mark; "
          + "save the table as CSV in UTF-8"))
  }

  /// The file has no blocks on the disk.
  @Test func endlessRowsAreRefused() throws {
    let file = try TemporaryFile(Data("a,b\n1,\"".utf8))
    truncate(file.path, 1 << 40)
    let table = try TextTable(path: FilePath(file.path), column: "b")
    #expect(
      failure { _ = try table.next() }
        == "\(file.path): line 2: a double quote opens there, and what follows it is longer than "
        + "16 MiB")
  }

  /// Rows of empty cells take more memory than the file has bytes.
  @Test func rowsOfTooManyCells() {
    let text = "a,b\n" + String(repeating: ",", count: 2 << 20)
    #expect(sentence(text, "b") == "line 2: it is longer than 16 MiB")
  }
}
