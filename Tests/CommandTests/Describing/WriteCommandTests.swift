import Foundation
import PhotoMetadata
import TestSupport
import Testing

@Suite struct WriteCommandTests {
  private let caption: CommandLineTool
  private let folder: TemporaryFolder
  private let photos: String

  init() throws {
    caption = try CommandLineTool()
    folder = try TemporaryFolder()
    photos = folder.path + "/photos"
    try FileManager.default.createDirectory(atPath: photos, withIntermediateDirectories: false)
    for path in [
      "data/samples/rocket.jpg", "data/samples/chelsea.png",
      "data/references/images/decoding/photo.heic", "data/references/images/decoding/lossy.webp",
    ] {
      let file = projectFolder.appending(path: path)
      try FileManager.default.copyItem(
        atPath: file.path, toPath: photos + "/" + file.lastPathComponent)
    }
  }

  private func run(_ arguments: [String]) throws -> CommandLineTool.Result {
    try caption.run(arguments + ["--store", folder.path + "/captions.sqlite"])
  }

  /// All files of the folder by name.
  private func files() throws -> [String: Data] {
    try FileManager.default.contentsOfDirectory(atPath: photos).reduce(into: [:]) {
      $0[$1] = try Data(contentsOf: URL(filePath: photos + "/" + $1))
    }
  }

  private func texts(_ name: String) throws -> [String: String] {
    PhotoProperties([UInt8](try #require(try files()[name]))).descriptions.reduce(into: [:]) {
      $0[$1.place.rawValue] = $1.text
    }
  }

  @Test func `captions go beside and into photos, and undo takes every byte back`() throws {
    let before = try files()
    let batch = try run(["batch", "--embed", "--sidecar", "txt", "--sidecar", "xmp", photos])
    #expect(batch.status == 0)
    #expect(batch.errors.contains("wrote 12 files (“caption undo 1” takes them back)"))
    let sentence = try #require(batch.lines.last?.split(separator: "\t").last.map(String.init))
    #expect(try files()["rocket.jpg.txt"] == Data((sentence + "\n").utf8))
    #expect(
      try files()["rocket.jpg.xmp"].map { String(decoding: $0, as: UTF8.self) }?
        .contains(sentence) == true)
    #expect(
      try texts("rocket.jpg") == [
        "XMP description": sentence, "XMP alternative text": sentence, "IPTC caption": sentence,
      ])
    // What was written into changes nothing about what is known.
    let again = try run(["batch", "--embed", "--sidecar", "txt", "--sidecar", "xmp", photos])
    #expect(again.output == batch.output)
    #expect(again.errors.contains("captioned 0, already there 4 in"))
    #expect(!again.errors.contains("wrote"))

    let list = try run(["undo"])
    #expect(list.lines.map { $0.split(separator: "\t") }.map { [$0[0], $0[2]] } == [["1", "12"]])
    let undo = try run(["undo", "1"])
    #expect(undo.output == "12 files are as they were before run 1\n")
    #expect(try files() == before)
    #expect(try run(["undo", "1"]).status == 64)
    #expect(try run(["batch", photos]).errors.contains("captioned 0, already there 4 in"))
  }

  @Test func `what a person wrote stays, unless it is to go`() throws {
    let note = photos + "/rocket.jpg.txt"
    try Data("Apollo 11\n".utf8).write(to: URL(filePath: note))
    let batch = try run(["batch", "--sidecar", "txt", photos])
    #expect(batch.status == 0)
    #expect(batch.errors.contains("left 1 that a person described"))
    #expect(try files()["rocket.jpg.txt"] == Data("Apollo 11\n".utf8))
    #expect(try files()["lossy.webp.txt"] != nil)
    let over = try run(["batch", "--sidecar", "txt", "--overwrite-human", photos])
    #expect(over.errors.contains("wrote 1 files"))
    #expect(try files()["rocket.jpg.txt"] != Data("Apollo 11\n".utf8))
    #expect(try run(["undo", "2"]).status == 0)
    #expect(try files()["rocket.jpg.txt"] == Data("Apollo 11\n".utf8))
  }

  @Test func `a file that was changed since is left as it is`() throws {
    _ = try run(["batch", "--sidecar", "txt", photos])
    let note = photos + "/rocket.jpg.txt"
    try Data("Apollo 11\n".utf8).write(to: URL(filePath: note))
    let undo = try run(["undo", "1"])
    #expect(undo.status == 74)
    #expect(undo.errors.contains("rocket.jpg.txt: was changed by another program"))
    #expect(undo.output == "3 files are as they were before run 1\n")
    #expect(try files()["rocket.jpg.txt"] == Data("Apollo 11\n".utf8))
    #expect(try run(["undo"]).lines.count == 1)
  }

  @Test func `undo follows files that were renamed`() throws {
    let before = try files()
    #expect(try run(["batch", "--embed", "--sidecar", "txt", photos]).status == 0)
    let moved = folder.path + "/moved"
    try FileManager.default.createDirectory(atPath: moved, withIntermediateDirectories: false)
    func rename(_ name: String, to new: String) throws {
      try FileManager.default.moveItem(atPath: photos + "/" + name, toPath: new)
    }
    // One in its folder; one to where a batch has seen it since, with its sidecar.
    try rename("chelsea.png", to: photos + "/cat.png")
    for ending in ["", ".txt"] {
      try rename("rocket.jpg" + ending, to: moved + "/apollo.jpg" + ending)
    }
    #expect(try run(["batch", moved]).status == 0)
    let undo = try run(["undo", "1", "--progress", "plain"])
    #expect(undo.status == 0, "\(undo.errors)")
    #expect(undo.errors.contains("/8 files"))
    #expect(try files()["cat.png"] == before["chelsea.png"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: moved) == ["apollo.jpg"])
    #expect(
      try Data(contentsOf: URL(filePath: moved + "/apollo.jpg")) == before["rocket.jpg"])
  }

  @Test(arguments: [
    ["--overwrite-human"], ["--keep-mtime"], ["--break-signature"], ["--sidecar", "doc"],
  ])
  func `options that do not go together`(arguments: [String]) throws {
    #expect(try run(["batch", photos] + arguments).status == 64)
  }

  @Test func `links out of the folder are captioned, not written, and told at the end`() throws {
    let elsewhere = try TemporaryFolder()
    let target = elsewhere.path + "/rocket.jpg"
    let link = photos + "/rocket.jpg"
    try FileManager.default.moveItem(atPath: link, toPath: target)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    let before = try Data(contentsOf: URL(filePath: target))
    let batch = try run(["batch", "--embed", photos])
    #expect(batch.status == 0)
    #expect(batch.lines.count == 4)
    #expect(batch.errors.contains("wrote 3 files"))
    #expect(batch.errors.contains("1 photo behind a link out of the folder was not written"))
    #expect(try Data(contentsOf: URL(filePath: target)) == before)
    #expect(try run(["batch", "--embed", link]).errors.contains("wrote 1 files"))
    #expect(try Data(contentsOf: URL(filePath: target)) != before)
    let strip = try run(["strip", photos])
    #expect(strip.lines.count == 3 && strip.status == 0)
    #expect(strip.errors.contains("1 photo behind a link out of the folder was not written"))
    #expect(try run(["note", "--embed", link, "Apollo 11"]).errors.contains("wrote 1 files"))
    for number in ["4", "2"] { #expect(try run(["undo", number]).status == 0) }
    #expect(try Data(contentsOf: URL(filePath: target)) == before)
  }

  @Test func `what a killed program left is removed by the next that writes there`() throws {
    let (left, mine) = (".caption-0123456789abcdef.tmp", ".caption-notes.tmp")
    func leave() throws {
      for name in [left, mine] {
        let file = photos + "/" + name
        try Data("half".utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSinceNow: -200_000)], ofItemAtPath: file)
      }
    }
    let photo = photos + "/lossy.webp"
    try leave()
    let plain = try run(["batch", photo])
    #expect(plain.status == 0)
    #expect(try files()[left] != nil)
    for command in [
      ["batch", "--embed", photo], ["batch", "--sidecar", "txt", photo], ["strip", photo],
      ["note", "--embed", photo, "A cat"], ["undo", "5"],
    ] {
      try leave()
      #expect(try run(command).status == 0, "\(command)")
      #expect(try files()[left] == nil, "\(command)")
      #expect(try files()[mine] != nil)
    }
  }
}
