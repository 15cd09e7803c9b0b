import Datasets
import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

struct DatasetFileTests {
  @Test func textWithoutItsMark() throws {
    let file = try DatasetFile(data: Data("\u{FEFF}naïve".utf8), name: "a")
    #expect(String(decoding: file.data, as: UTF8.self) == "naïve")
  }

  @Test func otherEncodingsAreRefused() {
    #expect(
      throws: DatasetError.malformed(
        path: "a", place: .line(3), reason: "it is not valid UTF-8")
    ) { try DatasetFile(data: Data("one\ntwo\ncaf".utf8) + [0xE9, 10], name: "a") }
  }

  /// 0x81 stands for nothing in Windows-1252.
  @Test func othersAreRepairedForCaptions() throws {
    let long = String(repeating: "é", count: 100)
    let file = try DatasetFile(
      repairing: Data("one ’\n".utf8) + [0xE9, 0x20, 0x92, 0x81] + Data("\nnaïve\n\(long)".utf8) + [
        0x93
      ]
        + Data(long.utf8), name: "a")
    #expect(
      String(decoding: file.data, as: UTF8.self) == "one ’\né ’\u{81}\nnaïve\n\(long)“\(long)")
    #expect(
      file.repairs.map(\.sentence) == [
        "a: line 2: other encoding: “é ’\u{81}”: 3 bytes are not UTF-8, the first, 0xE9, was read as "
          + "“é” (Windows-1252)",
        "a: line 4: other encoding: “…\(long.prefix(20))“\(long.prefix(19))…”: the byte 0x93 is not "
          + "UTF-8 and was read as ““” (Windows-1252)",
      ])
    let plain = try DatasetFile(repairing: Data("\u{FEFF}naïve".utf8), name: "a")
    #expect(String(decoding: plain.data, as: UTF8.self) == "naïve")
    #expect(plain.repairs.isEmpty)
  }

  @Test(arguments: [true, false])
  func utf16IsRead(isLittle: Bool) throws {
    let units = Array("\u{FEFF}“A” 😀\n".utf16) + [0xD83D]
    let bytes = units.flatMap { unit -> [UInt8] in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 255))
      return isLittle ? [low, high] : [high, low]
    }
    let file = try DatasetFile(repairing: Data(bytes + [65]), name: "a")
    #expect(String(decoding: file.data, as: UTF8.self) == "“A” 😀\n\u{FFFD}")
    #expect(file.repairs.map(\.sentence) == ["a: other encoding: it is UTF-16; read as such"])
  }

  /// The file has no blocks on the disk: it would take seconds, and the memory, to read it.
  @Test func longFilesAreNotRead() throws {
    let file = try TemporaryFile(Data())
    truncate(file.path, 2 << 30)
    #expect(throws: DatasetError.tooLong(path: file.path)) {
      try DatasetFile(path: FilePath(file.path))
    }
  }

  @Test func whatIsNotThere() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/none.json"
    #expect(throws: DatasetError.missing(path: path)) { try DatasetFile(path: FilePath(path)) }
    #expect { try DatasetFile(path: FilePath(folder.path)) } throws: {
      ($0 as? DatasetError)?.kind == .noInput
    }
  }
}
