import Datasets
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
          "d.jpg.txt: line 1: line separator: U+2029 at the end of a caption of “d.jpg”",
          "train/a.txt: phantom entry: there is no photo beside it; left out",
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
}
