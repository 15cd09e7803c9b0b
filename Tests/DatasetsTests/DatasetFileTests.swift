import Datasets
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
