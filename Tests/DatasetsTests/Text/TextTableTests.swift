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
    #expect(try table("a\nx\n", "a").rows.map(\.text) == ["x"])
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

  @Test func whatIsWrong() {
    #expect(sentence("a,b\n1,2\n", "c") == "line 1: there is no column “c” among “a”, “b”")
    #expect(sentence("a,a\n1,2\n", "a") == "line 1: more than one column is called “a”")
    #expect(sentence("a,b\n1,2\n3\n", "a") == "line 3: it has 1 column where the heading has 2")
    #expect(
      sentence("a,b\n1,2\n3,4,5\n", "a") == "line 3: it has 3 columns where the heading has 2")
    #expect(
      sentence("a,b\n1,\"2\n", "a") == "line 2: a double quote opens there and is never closed")
    #expect(sentence("\n\n", "a") == "there is no heading in it")
    #expect(
      failure { _ = try TextTable(path: "/no/such.csv", column: "a") }
        == "/no/such.csv: there is no such file")
  }

  @Test func bytesThatAreNoText() throws {
    let bytes = "a,b\n1,2\n3,\u{E9}\n".unicodeScalars.map { UInt8($0.value) }
    let file = try TemporaryFile(Data(bytes))
    #expect(
      failure { _ = try TextTable(path: FilePath(file.path), column: "b") }
        == "\(file.path): line 3: it is not valid UTF-8")
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
