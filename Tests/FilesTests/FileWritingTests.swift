import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

struct FileWritingTests {
  private let folder: TemporaryFolder
  private let path: FilePath

  init() throws {
    folder = try TemporaryFolder()
    path = FilePath(folder.path).appending("file")
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  private func contents() -> Data? { FileManager.default.contents(atPath: path.string) }

  @Test func `bytes take the place of others, and the mode stays`() throws {
    try replaceFile(at: path, with: [1, 2, 3])
    #expect(contents() == Data([1, 2, 3]))
    path.withPlatformString { _ = chmod($0, 0o604) }
    let link = FilePath(folder.path).appending("link")
    try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: "file")
    try replaceFile(at: link, with: [4])
    #expect(contents() == Data([4]))
    let mode = try FileManager.default.attributesOfItem(atPath: path.string)[.posixPermissions]
    #expect(mode as? Int == 0o604)
    #expect(try names() == ["file", "link"])
  }

  @Test func `what is not written to its end changes nothing`() throws {
    try replaceFile(at: path, with: [1])
    #expect(throws: CancellationError.self) {
      try replaceFile(at: path) { file in
        try [UInt8](repeating: 2, count: 1000).withUnsafeBytes { try file.write($0) }
        throw CancellationError()
      }
    }
    #expect(contents() == Data([1]))
    #expect(try names() == ["file"])
  }

  @Test func `the system's reasons name the path, in a sentence`() throws {
    try replaceFile(at: path, with: [1])
    func failure(_ path: FilePath, _ number: Int32) {
      #expect(throws: FileFailure(path, number)) { try replaceFile(at: path, with: [2]) }
    }
    failure(FilePath(folder.path), EISDIR)
    failure(path.appending("below"), ENOTDIR)
    failure(FilePath(folder.path).appending("none/file"), ENOENT)
    failure(FilePath(folder.path).appending(String(repeating: "x", count: 300)), ENAMETOOLONG)
    failure("/dev/full", EEXIST)
    #expect(
      "\(FileFailure("a", ENOSPC))" == "a: cannot be written: No space left on device")
    #expect(try names() == ["file"])
  }

  @Test func `folders are made, but not in the place of files`() throws {
    try makeFolder(FilePath(folder.path).appending("a/b/c"))
    try makeFolder(FilePath(folder.path).appending("a/b/c"))
    #expect(FileManager.default.fileExists(atPath: folder.path + "/a/b/c"))
    try replaceFile(at: path, with: [])
    #expect(throws: FileFailure(path, ENOTDIR)) { try makeFolder(path) }
    let below = path.appending("below")
    #expect(throws: FileFailure(below, ENOTDIR)) { try makeFolder(below) }
  }

  @Test func `lines are added to a file`() throws {
    let file = try AppendedFile(path, isNew: true)
    try file.write([1])
    try AppendedFile(path).write([2])
    try file.write([3])
    #expect(contents() == Data([1, 2, 3]))
    #expect(throws: FileFailure(path, EEXIST)) { try AppendedFile(path, isNew: true) }
    #expect(throws: FileFailure("/dev/full", ENOSPC)) {
      try AppendedFile("/dev/full").write([1])
    }
  }

  @Test func `what is no file keeps its place`() throws {
    let folder = try TemporaryFolder()
    let pipe = FilePath(folder.path).appending("pipe")
    #expect(mkfifo(pipe.string, 0o600) == 0)
    let file = try Files.TemporaryFile(for: pipe)
    #expect(throws: FileFailure(pipe, EEXIST)) { try file.takePlace() }
    #expect(FileEntry(at: pipe) == .pipe)
  }
}
