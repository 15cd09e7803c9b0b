import PhotoFinding
import Foundation
import SystemPackage
import TestSupport
import Testing

struct PhotoFinderTests {
  private let folder: TemporaryFolder
  private var root: FilePath { FilePath(folder.path) }

  init() throws {
    folder = try TemporaryFolder()
    for name in [
      "b.jpg", "a.JPG", "note.txt", ".hidden.jpg", "sub/c.png", "sub/deep/d.webp", ".git/e.jpg",
      "raw/f.heic", "Z.avif", "no extension",
    ] { try make(FilePath(name)) }
  }

  private func make(_ path: FilePath) throws {
    let path = root.pushing(path)
    try FileManager.default.createDirectory(
      atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
    try FileDescriptor.open(
      path, .writeOnly, options: .create, permissions: .ownerReadWrite
    ).close()
  }

  private func found(_ finder: PhotoFinder = PhotoFinder()) -> [String] {
    finder.photos(in: root) { _, _ in }.map(\.relativePath.string)
  }

  @Test func photosAreFoundInTheOrderOfTheirBytes() {
    #expect(
      found() == ["Z.avif", "a.JPG", "b.jpg", "raw/f.heic", "sub/c.png", "sub/deep/d.webp"])
  }

  @Test func oneFolderOnly() {
    var finder = PhotoFinder()
    finder.isRecursive = false
    #expect(found(finder) == ["Z.avif", "a.JPG", "b.jpg"])
  }

  @Test(
    arguments: [
      (["*.jpg"], [], ["a.JPG", "b.jpg"]), (["sub/*"], [], ["sub/c.png", "sub/deep/d.webp"]),
      (["*"], ["*.*"], ["no extension"]), ([], ["sub", "Z*"], ["a.JPG", "b.jpg", "raw/f.heic"]),
      ([], ["sub/deep"], ["Z.avif", "a.JPG", "b.jpg", "raw/f.heic", "sub/c.png"]),
    ] as [([String], [String], [String])])
  func patterns(including: [String], excluding: [String], expected: [String]) {
    var finder = PhotoFinder()
    finder.patterns = NamePatterns(including: including, excluding: excluding)
    #expect(found(finder) == expected)
  }

  @Test func aFileThatIsNamedIsTakenWhateverItIsCalled() {
    let finder = PhotoFinder()
    for name in ["note.txt", ".hidden.jpg", "nowhere"] {
      #expect(
        finder.photos(in: root.appending(name)) { _, _ in }.map(\.path) == [root.appending(name)])
    }
  }

  @Test func linksLeadNowhereTwice() throws {
    func link(_ name: String, to target: String) throws {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/" + name, withDestinationPath: target)
    }
    try link("circle", to: "..")
    try link("sub/up", to: "../sub")
    try link("link.jpg", to: "b.jpg")
    try link("dangling.jpg", to: "nowhere.jpg")
    #expect(
      found() == [
        "Z.avif", "a.JPG", "b.jpg", "dangling.jpg", "link.jpg", "raw/f.heic", "sub/c.png",
        "sub/deep/d.webp",
      ])
    // A link that was asked for itself is followed.
    #expect(
      PhotoFinder().photos(in: root.appending("sub/up")) { _, _ in }.map(\.relativePath.string)
        == ["c.png", "deep/d.webp"])
  }

  @Test func namesOfAnyBytes() throws {
    let names: [[CChar]] = [
      [-1, -2, 46, 106, 112, 103, 0], [10, 39, 34, 46, 106, 112, 103, 0],
      "emoji 🐕 and blank .jpg".utf8CString.map { $0 },
    ]
    for name in names { try make(FilePath(platformString: name)) }
    let paths = PhotoFinder().photos(in: root) { _, _ in }.map(\.relativePath)
    for name in names { #expect(paths.contains(FilePath(platformString: name))) }
  }
}
