import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Files

struct LeftOversTests {
  private let folder: TemporaryFolder
  private var path: FilePath { FilePath(folder.path) }

  init() throws { folder = try TemporaryFolder() }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  private func make(_ name: String, days: Double = 0) throws {
    let file = folder.path + "/" + name
    try Data("half".utf8).write(to: URL(filePath: file))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -86_400 * days)], ofItemAtPath: file)
  }

  @Test func `what a dead process was writing is removed, what a living one writes is not`() throws
  {
    let dead = TemporaryName.new()
    try make(dead)
    let living = try TemporaryFile(for: path.appending("photo.jpg"))
    // Making the first file in a folder has cleared it.
    #expect(try names() == [living.path.lastComponent?.string])
    try make(dead)
    #expect(LeftOvers.clear(in: path) == 1)
    #expect(try names().count == 1)
    withExtendedLifetime(living) {}
    #expect(LeftOvers.clear(in: path.appending("nothing")) == 0)
  }

  @Test(arguments: [
    ".caption-0123456789abcdef.tmp", ".caption-0A1B2C3D-0123-4567-89AB-0123456789AB",
    ".caption-0A1B2C3D-0123-4567-89AB-0123456789AB.tmp",
  ])
  func `other machines' and earlier versions' go after a day`(_ name: String) throws {
    try make(name, days: 0.9)
    #expect(LeftOvers.clear(in: path) == 0)
    try make(name, days: 1.1)
    #expect(LeftOvers.clear(in: path) == 1)
    #expect(try names() == [])
  }

  @Test func `Foundation's go where they are asked for`() throws {
    try make(".dat.nosync1A2f.aB3xYz", days: 2)
    #expect(LeftOvers.clear(in: path) == 0)
    #expect(LeftOvers.clear(in: path, ofFoundation: true) == 1)
  }

  @Test(arguments: [
    ".caption-notes.tmp", ".caption-0123456789abcde.tmp", ".caption-0123456789ABCDEF.tmp",
    ".caption-0123456789abcdef.tmp~", ".caption-.tmp", ".caption-", "caption-0123456789abcdef.tmp",
    ".caption-0a1b2c3d-0123-4567-89ab-0123456789ab", ".caption-٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥.tmp",
    ".dat.nosync", ".dat.nosyncxyz.aB3xYz", ".dat.nosync1A2f.aB3xY",
  ])
  func `a person's own files stay, whatever they are nearly called`(_ name: String) throws {
    try make(name, days: 400)
    #expect(LeftOvers.clear(in: path, ofFoundation: true) == 0)
    #expect(try names() == [name])
  }

  @Test func `only files with one name go`() throws {
    let files = FileManager.default
    func place(_ name: String) -> String { folder.path + "/" + name }
    let (linked, directory, link) = (TemporaryName.new(), TemporaryName.new(), TemporaryName.new())
    try make(linked)
    try files.linkItem(atPath: place(linked), toPath: place("other"))
    try files.createDirectory(atPath: place(directory), withIntermediateDirectories: false)
    try files.createSymbolicLink(atPath: place(link), withDestinationPath: "other")
    #expect(LeftOvers.clear(in: path) == 0)
    #expect(try names().count == 4)
    try files.removeItem(atPath: place("other"))
    #expect(LeftOvers.clear(in: [path, path]) == 1)
  }
}
