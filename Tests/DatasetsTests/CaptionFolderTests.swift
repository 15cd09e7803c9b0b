import Datasets
import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

struct CaptionFolderTests {
  private let folder: FileFolder

  init() throws { folder = try FileFolder() }

  @Test func photosWithCaptionsBesideThem() throws {
    try folder.write("train/a.jpg", "")
    try folder.write("train/a.jpg.txt", "A pond.\n\nDucks. \n")
    try folder.write("train/a.txt", "Not of this photo.")
    try folder.write("dev/b.PNG", "")
    try folder.write("dev/b.txt", "A hill.")
    try folder.write("other/c.webp", "")
    try folder.write("d.jpg", "")
    try folder.write("d.jpg.txt", "A road.\u{2029}")
    let found = try DatasetRequest(format: .folder, sources: [.init(path: folder.path(""))]).read()
    #expect(found.entries.map(\.name) == ["d.jpg", "dev/b.PNG", "train/a.jpg"])
    #expect(found.entries.map(\.split) == ["all", "val", "train"])
    #expect(found["train/a.jpg"] == ["A pond.", "Ducks. "])
    #expect(found["dev/b.PNG"] == ["A hill."])
    #expect(found.entries.last?.path == folder.path("train/a.jpg"))
    #expect(
      folder.sentences(found.problems)
        == [
          "d.jpg.txt: line 1: line separator: “A road.\u{2029}” of “d.jpg” has U+2029 at the end",
          "train/a.txt: duplicate entry: the captions of “train/a.jpg” are in train/a.jpg.txt; "
            + "left out",
          "other/c.webp: photo without captions: “other/c.webp” has no captions; left out",
        ])
  }

  @Test func noFolder() {
    for name in ["none", "none/"] {
      #expect {
        try DatasetRequest(format: .folder, sources: [.init(path: folder.path(name))]).read()
      } throws: { ($0 as? DatasetError)?.kind == .noInput }
    }
  }

  /// Kohya's training scripts have captions in `.caption` and tags in `.txt`.
  @Test func captionFilesComeBeforeTextFiles() throws {
    for photo in ["a.jpg", "b.jpg", "c.jpg"] { try folder.write(photo, "") }
    try folder.write("a.caption", "A pond.")
    try folder.write("b.caption", "A hill.")
    try folder.write("b.txt", "hill, grass")
    try folder.write("c.jpg.caption", "A road.")
    let found = try DatasetRequest(format: .folder, sources: [.init(path: folder.path(""))]).read()
    #expect(found.entries.map(\.references) == [["A pond."], ["A hill."], ["A road."]])
    #expect(
      folder.sentences(found.problems).map { $0.replacing(folder.path("").string, with: "") } == [
        "b.txt: duplicate entry: the captions of “b.jpg” are in b.caption; left out"
      ])
  }

  /// A photo's whole name makes a file its own; the files of the name without ending are then those
  /// of another photo of that name.
  @Test func captionFilesComeFirstInEveryCombination() throws {
    for photo in ["a.jpg", "b.jpg", "b.png"] { try folder.write(photo, "") }
    try folder.write("a.caption", "A pond.")
    try folder.write("a.jpg.txt", "pond, water")
    try folder.write("b.jpg.txt", "A hill.")
    try folder.write("b.txt", "A road.")
    try folder.write("none.txt", "Nothing.")
    let found = try DatasetRequest(format: .folder, sources: [.init(path: folder.path(""))]).read()
    #expect(found["a.jpg"] == ["A pond."])
    #expect(found["b.jpg"] == ["A hill."])
    #expect(found["b.png"] == ["A road."])
    #expect(
      folder.sentences(found.problems).map { $0.replacing(folder.path("").string, with: "") } == [
        "a.jpg.txt: duplicate entry: the captions of “a.jpg” are in a.caption; left out",
        "none.txt: phantom entry: there is no photo beside it; left out",
      ])
  }

  @Test(arguments: ["", " \n", "\u{1A}", "A\0"])
  func textFilesAreReadWhereCaptionFilesGiveNothing(text: String) throws {
    try folder.write("a.jpg", "")
    try folder.write("a.caption", text)
    try folder.write("a.txt", "A pond.")
    let found = try DatasetRequest(format: .folder, sources: [.init(path: folder.path(""))]).read()
    #expect(found["a.jpg"] == ["A pond."])
    #expect(
      folder.sentences(found.problems).last?.replacing(folder.path("").string, with: "")
        == "a.caption: blank caption: it gives no captions of “a.jpg”; a.txt is read instead")
  }

  @Test func oneFileOfCaptionsNeverRefusesTheRest() throws {
    let windows = Data("A disc\nthat".utf8) + [0x92] + Data("s “yellow” \n".utf8)
    let utf16 =
      Data([0xFF, 0xFE]) + "A “box”.\r\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    for (name, bytes) in [
      ("a", windows), ("b", utf16), ("c", Data([0xFE, 0xFF, 0, 65, 32, 0x1C])),
      ("d", Data("\u{FEFF}A hill.".utf8)), ("e", Data()), ("f", Data([65, 0, 66])),
      ("g", Data("A road.".utf8)),
    ] {
      try folder.write(name + ".jpg", "")
      try bytes.write(to: URL(filePath: folder.path(name + ".txt").string))
    }
    let found = try DatasetRequest(format: .folder, sources: [.init(path: folder.path(""))]).read()
    #expect(
      found.entries.map(\.references) == [
        ["A disc", "that’s “yellow” "], ["A “box”."], ["A“"], ["A hill."], ["A road."],
      ])
    #expect(
      folder.sentences(found.problems.filter { $0.kind != .fewReferences }) == [
        "a.txt: line 2: other encoding: “that’s “yellow” ”: the byte 0x92 is not UTF-8 and was read "
          + "as “’” (Windows-1252)",
        "b.txt: other encoding: it is UTF-16; read as such",
        "c.txt: other encoding: it is UTF-16; read as such",
        "f.txt: unreadable file: line 1: it has a zero byte: this is no text; left out",
        "e.jpg: photo without captions: “e.jpg” has no captions; left out",
        "f.jpg: photo without captions: “f.jpg” has no captions; left out",
      ])
  }
}
