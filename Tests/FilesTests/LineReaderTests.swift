import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

struct LineReaderTests {
  private func lines(
    _ bytes: [UInt8], nullSeparated: Bool = false, maximumLength: Int = 10
  ) throws -> [String?] {
    let file = try TemporaryFile(Data(bytes))
    let descriptor = try FileDescriptor.open(FilePath(file.path), .readOnly)
    return try descriptor.closeAfter {
      var reader = LineReader(
        descriptor, nullSeparated: nullSeparated, maximumLength: maximumLength)
      var lines: [String?] = []
      while let line = try reader.next() {
        switch line {
        case .line(let bytes): lines.append(String(decoding: bytes, as: UTF8.self))
        case .tooLong: lines.append(nil)
        }
      }
      return lines
    }
  }

  @Test(
    arguments: [
      ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\r\nb\rc\n\r\n", ["a", "b\rc", ""]),
      ("\n\na", ["", "", "a"]), ("0123456789\n01234567890\nb", ["0123456789", nil, "b"]),
      ("01234567890", [nil]),
    ] as [(String, [String?])])
  func linesEndAsEverywhere(text: String, expected: [String?]) throws {
    #expect(try lines(Array(text.utf8)) == expected)
  }

  @Test func zeroBytesMayEndLinesInstead() throws {
    #expect(try lines(Array("a\r\n\0b\0\0".utf8), nullSeparated: true) == ["a\r\n", "b", ""])
  }

  @Test func aByteOrderMarkBelongsToNoLine() throws {
    #expect(try lines(Array("\u{FEFF}a\r\n\u{FEFF}b".utf8)) == ["a", "\u{FEFF}b"])
    #expect(try lines(Array("\u{FEFF}a\0".utf8), nullSeparated: true) == ["\u{FEFF}a"])
  }

  @Test func linesCrossTheBuffersEnd() throws {
    let texts = (0..<40).map { String(repeating: "\($0 % 10)", count: 9_973 * ($0 % 3)) }
    let bytes = Array(texts.map { $0 + "\n" }.joined().utf8)
    #expect(try lines(bytes, maximumLength: 1 << 20) == texts)
    #expect(try lines(bytes, maximumLength: 10_000).count { $0 == nil } == 13)
  }

  @Test func linesAreTakenAsFarAsTheyAreThere() throws {
    let (input, output) = try FileDescriptor.pipe()
    try input.closeAfter {
      var reader = LineReader(input, maximumLength: 10)
      #expect(try reader.next(within: 0) == nil)
      try output.writeAll("a\nb\nc".utf8)
      #expect(try reader.next() == .line(Array("a".utf8)))
      #expect(try reader.next(within: 0) == .line(Array("b".utf8)))
      // What there is of a line is kept.
      #expect(try reader.next(within: 1) == nil)
      try output.writeAll("d\n".utf8)
      #expect(try reader.next(within: 0) == .line(Array("cd".utf8)))
      try output.writeAll("e".utf8)
      try output.close()
      #expect(try reader.next(within: 0) == .line(Array("e".utf8)))
      #expect(try reader.next(within: 0) == nil)
      #expect(try reader.next() == nil)
    }
  }
}
