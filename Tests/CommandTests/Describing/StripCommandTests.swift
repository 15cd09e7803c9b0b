import Foundation
import PhotoMetadata
import TestSupport
import Testing

@Suite struct StripCommandTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder
  private let photo: String

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
    photo = folder.path + "/grey.jpg"
    let original = projectFolder.appending(path: "data/references/images/decoding/grey.jpg")
    try FileManager.default.copyItem(atPath: original.path, toPath: photo)
  }

  private func run(_ arguments: [String]) throws -> CommandLineTool.Result {
    try caption.run(arguments + ["--store", folder.path + "/captions.sqlite"])
  }

  private func texts() throws -> [String] {
    PhotoProperties([UInt8](try Data(contentsOf: URL(filePath: photo)))).descriptions.map(\.text)
  }

  @Test func `machine text is taken out, which can be taken back`() throws {
    #expect(try run(["strip", "--dry-run", folder.path]).output == "")
    #expect(try run(["batch", "--embed", "--sidecar", "txt", folder.path]).status == 0)
    let written = try Data(contentsOf: URL(filePath: photo))
    let plan = try run(["strip", "--dry-run", folder.path])
    #expect(plan.lines == [photo, photo + ".txt"])
    #expect(try Data(contentsOf: URL(filePath: photo)) == written)
    let strip = try run(["strip", folder.path])
    #expect(strip.output == plan.output)
    #expect(strip.errors.contains("changed 2 files (“caption undo 2” takes it back)"))
    #expect(try texts() == [])
    #expect(!FileManager.default.fileExists(atPath: photo + ".txt"))
    // The photo is still known.
    #expect(try run(["batch", folder.path]).errors.contains("captioned 0, already there 1"))
    #expect(try run(["undo", "2"]).output == "2 files are as they were before run 2\n")
    #expect(try Data(contentsOf: URL(filePath: photo)) == written)
    #expect(try run(["strip", folder.path + "/missing.jpg"]).status == 66)
  }

  @Test func `a note is embedded, by itself and by a batch`() throws {
    let note = try run(["note", "--embed", photo, "Žofie and Rex"])
    #expect(note.status == 0)
    #expect(note.errors.contains("wrote 1 files (“caption undo 1” takes them back)"))
    #expect(try texts() == ["Žofie and Rex", "Žofie and Rex", "Žofie and Rex"])
    #expect(try run(["note", photo, "Rex"]).status == 0)
    #expect(try run(["batch", "--embed", folder.path]).status == 0)
    #expect(try texts() == ["Rex", "Rex", "Rex"])
    #expect(try run(["strip", folder.path]).output == "")
    #expect(try run(["note", "--remove", "--embed", photo, "Rex"]).status == 64)
  }
}
