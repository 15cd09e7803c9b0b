import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

struct FileEntryTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `what stands at a path is told from what a link leads to`() throws {
    let path = FilePath(folder.path)
    let file = path.appending("file")
    try Data([1]).write(to: URL(filePath: file.string))
    let link = path.appending("link")
    try FileManager.default.createSymbolicLink(
      atPath: link.string, withDestinationPath: path.string)
    let pipe = path.appending("pipe")
    #expect(mkfifo(pipe.string, 0o600) == 0)
    #expect(FileEntry(at: file) == .file)
    #expect(FileEntry(at: path) == .folder)
    #expect(FileEntry(at: link) == .folder)
    #expect(FileEntry(at: link, followingLinks: false) == .link)
    #expect(FileEntry(at: pipe) == .pipe)
    #expect(FileEntry(at: "/dev/null") == .device)
    #expect(FileEntry(at: path.appending("none")) == nil)
    #expect(FileEntry.isNothing(at: path.appending("none")))
    #expect(FileEntry.isNothing(at: file.appending("below")))
    #expect(!FileEntry.isNothing(at: file))
    #expect(FileEntry.folder.name == "a folder")
  }

  @Test func `a folder's names are all but those of itself and of its own`() throws {
    let path = FilePath(folder.path)
    for name in [".hidden", "b", "a"] {
      try Data().write(to: URL(filePath: path.appending(name).string))
    }
    func names(beginningWith first: Unicode.Scalar? = nil) throws -> Set<String> {
      var names: Set<String> = []
      try path.forEachName(beginningWith: first) {
        names.insert($0.string)
        return true
      }
      return names
    }
    #expect(try names() == [".hidden", "a", "b"])
    #expect(try names(beginningWith: ".") == [".hidden"])
    var count = 0
    try path.forEachName { _ in
      count += 1
      return false
    }
    #expect(count == 1)
    #expect(throws: Errno.noSuchFileOrDirectory) {
      try path.appending("none").forEachName { _ in true }
    }
  }
}
