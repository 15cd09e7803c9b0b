import Foundation
import Store
import SystemPackage
import TestSupport
import Testing

struct FilePresenceTests {
  private let folder: TemporaryFolder
  private var root: FilePath { FilePath(folder.path) }

  init() throws {
    folder = try TemporaryFolder()
    for path in ["album/2020/a.jpg", "album/2021/b.jpg", "album/note.txt"] { try make(path) }
    try FileManager.default.createDirectory(
      atPath: root.appending("mount").string, withIntermediateDirectories: false)
  }

  private func make(_ path: String) throws {
    let path = root.appending(path)
    try FileManager.default.createDirectory(
      atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
    try Data("x".utf8).write(to: URL(filePath: path.string))
  }

  /// - Parameter roots: below the folder.
  private func presence(
    of path: String, roots: [String] = [], known: Bool = true
  ) throws -> FilePresence.Presence {
    var presence = FilePresence(roots: Set(roots.map { root.appending($0) })) { _ in known }
    return try presence.presence(of: root.appending(path))
  }

  @Test(arguments: [[], ["album"], ["album", "album/2020"]])
  func aFileHasGoneFromAFolderThatIsThere(roots: [String]) throws {
    #expect(try presence(of: "album/2020/a.jpg", roots: roots) == .here)
    #expect(try presence(of: "album/2020/c.jpg", roots: roots) == .gone)
  }

  @Test func aFolderHasGoneWhereOthersOfItsBatchAreThere() throws {
    #expect(try presence(of: "album/2019/deep/c.jpg", roots: ["album"]) == .gone)
    #expect(try presence(of: "album/2019/deep/c.jpg") == .gone)
    #expect(
      try presence(of: "album/2019/deep/c.jpg", known: false)
        == .notConnected(root.appending("album/2019")))
  }

  @Test func whatABatchWasAskedForIsNotConnectedWhereNothingOfItIsThere() throws {
    for name in ["disk", "mount"] {
      let disk = root.appending(name)
      #expect(
        try presence(of: "\(name)/x/c.jpg", roots: [name, "\(name)/x"])
          == .notConnected(disk.appending("x")))
      #expect(try presence(of: "\(name)/x/c.jpg", roots: [name]) == .notConnected(disk))
      #expect(try presence(of: "\(name)/c.jpg", roots: [name]) == .notConnected(disk))
    }
    // Something is there, but nothing that the store knows.
    try make("mount/.keep")
    #expect(
      try presence(of: "mount/c.jpg", roots: ["mount"], known: false)
        == .notConnected(root.appending("mount")))
    #expect(try presence(of: "mount/c.jpg", roots: ["mount"]) == .gone)
  }

  @Test func anEmptyFolderMayBeAMountPoint() throws {
    #expect(try presence(of: "mount/c.jpg") == .notConnected(root.appending("mount")))
    #expect(try presence(of: "mount/2020/c.jpg") == .notConnected(root.appending("mount/2020")))
  }

  @Test func aLinkThatLeadsNowhereHasNotGone() throws {
    for name in ["link.jpg", "linked"] {
      try FileManager.default.createSymbolicLink(
        atPath: root.appending(name).string, withDestinationPath: "/nowhere/at/all")
    }
    #expect(try presence(of: "link.jpg") == .notConnected(root.appending("link.jpg")))
    #expect(try presence(of: "linked/c.jpg") == .notConnected(root.appending("linked")))
  }

  @Test(arguments: [
    "/media/anna/DISK/c.jpg", "/run/media/anna/DISK/2020/c.jpg", "/mnt/nas/c.jpg",
    "/Volumes/DISK/c.jpg", "/photos-of-nobody/c.jpg",
  ])
  func disksAreNotConnectedWhereSystemsMountThem(path: String) throws {
    var presence = FilePresence(roots: []) { _ in true }
    guard case .notConnected = try presence.presence(of: FilePath(path)) else {
      Issue.record("\(path) has gone")
      return
    }
  }
}
