import Datasets
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Readings of files and folders, with lists of splits and photos looked for.
struct DatasetRequestTests {
  private let folder: FileFolder

  init() throws { folder = try FileFolder() }

  @Test func flickr8kWithItsListsAndPhotos() throws {
    try folder.write(
      "Flickr8k.token.txt", "a.jpg#0\tA .\nb.jpg#0\tB .\nc.jpg#0\tC .\nd.jpg#0\tD .\n")
    try folder.write("Flickr_8k.trainImages.txt", "a.jpg\nghost.jpg\n")
    try folder.write("Flickr_8k.devImages.txt", "b.jpg\r\na.jpg\n\n")
    for photo in ["images/a.jpg", "images/x/b.jpg", "images/x/c.jpg", "images/y/c.jpg"] {
      try folder.write(photo, photo)
    }
    var request = DatasetRequest(format: .flickr8k, sources: [.init(path: folder.path("."))])
    request.photoFolders = [folder.path("images")]
    let found = try request.read()
    #expect(found.entries.map(\.split) == ["train", "val", "unlisted", "unlisted"])
    #expect(
      found.entries.map(\.path) == [
        folder.path("images/a.jpg"), folder.path("images/x/b.jpg"), nil, nil,
      ])
    #expect(
      folder.sentences(found.problems).map { $0.replacingOccurrences(of: "./", with: "") } == [
        "Flickr_8k.trainImages.txt: line 2: phantom entry: “ghost.jpg” has no captions; left out",
        "Flickr_8k.devImages.txt: line 2: duplicate entry: “a.jpg” is listed in "
          + "Flickr_8k.trainImages.txt: line 1; left out here",
        "Flickr8k.token.txt: line 3: photo in no split: “c.jpg” is in no list; kept as “unlisted”",
        "Flickr8k.token.txt: line 4: photo in no split: “d.jpg” is in no list; kept as “unlisted”",
        "Flickr8k.token.txt: line 3: missing photo: there are 2 files called as “c.jpg”, in "
          + "different folders",
        "Flickr8k.token.txt: line 4: missing photo: there is no file of the photo “d.jpg”",
      ])
    // The file alone stands for the lists beside it, too; photos are not looked for everywhere.
    let alone = try DatasetRequest(
      format: .flickr8k, sources: [.init(path: folder.path("Flickr8k.token.txt"))]
    ).read()
    #expect(alone.entries.map(\.split) == found.entries.map(\.split))
    #expect(alone.entries.map(\.path) == [folder.path("images/a.jpg"), nil, nil, nil])
  }

  @Test func nothingButCaptionsThatDoNotCount() throws {
    try folder.write(
      "v.json",
      #"""
      {"images": [{"id": 1, "file_name": "a.jpg"}],
       "annotations": [{"image_id": 1, "caption": "A.", "is_rejected": true}]}
      """#)
    let path = folder.path("v.json")
    #expect(
      throws: DatasetError.malformed(
        path: path.string, place: .whole,
        reason: "all its captions are marked as precanned or rejected, and none of them counts")
    ) { try DatasetRequest(format: .coco, sources: [.init(path: path)]).read() }
  }

  @Test func severalFiles() throws {
    func coco(_ id: Int, _ name: String) -> String {
      #"{"images": [{"id": \#(id), "file_name": "\#(name)"}],"#
        + #" "annotations": [{"image_id": \#(id), "caption": "A."}]}"#
    }
    try folder.write("t.json", coco(1, "a.jpg"))
    try folder.write("v.json", coco(2, "b.jpg"))
    try folder.write("w.json", coco(3, "a.jpg"))
    var request = DatasetRequest(
      format: .coco,
      sources: [
        .init(path: folder.path("t.json"), split: "training"), .init(path: folder.path("v.json")),
        .init(path: folder.path("w.json"), split: "val"),
      ])
    request.split = "rest"
    let found = try request.read()
    #expect(found.entries.map(\.split) == ["train", "rest"])
    #expect(
      folder.sentences(found.problems.filter { $0.kind == .duplicateEntry }) == [
        "w.json: images[0]: duplicate entry: “a.jpg” is there since t.json: images[0], and left "
          + "out here"
      ])
  }

  @Test func karpathysFolders() throws {
    try folder.write(
      "k.json",
      #"{"images": [{"filename": "a.jpg", "filepath": "val2014", "sentences": [{"raw": "A."}]}]}"#)
    try folder.write("val2014/a.jpg", "")
    try folder.write("train2014/a.jpg", "")
    let found = try DatasetRequest(format: .karpathy, sources: [.init(path: folder.path("k.json"))])
      .read()
    #expect(found.entries.map(\.path) == [folder.path("val2014/a.jpg")])
    #expect(found.entries.map(\.split) == ["all"])
  }

  /// As Windows programs write lists.
  @Test func listsOfSplitsInAnyEncoding() throws {
    try folder.write("Flickr8k.token.txt", "a.jpg#0\tA .\nb.jpg#0\tB .\nc’s.jpg#0\tC .\n")
    try folder.write("Flickr_8k.trainImages.txt", "\u{FEFF}a.jpg\r\n")
    try Data([0xFF, 0xFE] + "b.jpg\r\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
      .write(to: URL(filePath: folder.path("Flickr_8k.devImages.txt").string))
    try (Data("c".utf8) + [0x92] + Data("s.jpg\r\n".utf8))
      .write(to: URL(filePath: folder.path("Flickr_8k.testImages.txt").string))
    let found = try DatasetRequest(format: .flickr8k, sources: [.init(path: folder.path("."))])
      .read()
    #expect(found.entries.map(\.split) == ["train", "val", "test"])
    #expect(
      found.problems.filter { $0.kind == .otherEncoding }.map(\.detail) == [
        "it is UTF-16; read as such",
        "“c’s.jpg”: the byte 0x92 is not UTF-8 and was read as “’” (Windows-1252)",
      ])
  }

  @Test func whyThereAreNoCaptions() throws {
    try folder.write("bad.jsonl", "{\"image\": \"a.jpg\"}\nx\n")
    #expect {
      try DatasetRequest(format: .jsonl, sources: [.init(path: folder.path("bad.jsonl"))]).read()
    } throws: {
      "\($0)" == folder.path("bad.jsonl").string
        + ": line 1: “caption” is missing; left out; there are no captions besides"
    }
  }

  @Test func noCaptionsAtAll() throws {
    try folder.write("empty.csv", "image,caption\n")
    #expect(
      throws: DatasetError.malformed(
        path: folder.path("empty.csv").string, place: .whole, reason: "there are no captions in it")
    ) { try DatasetRequest(format: .csv, sources: [.init(path: folder.path("empty.csv"))]).read() }
  }

  // MARK: Hostile files

  /// Whatever is done to a file, it is read or refused.
  @Test(arguments: DatasetFormat.allCases.filter { $0 != .folder })
  func damagedFilesDoNotTrap(format: DatasetFormat) throws {
    let text =
      switch format {
      case .coco:
        #"{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[{"image_id":1,"caption":"A"}]}"#
      case .karpathy: #"{"images":[{"filename":"a.jpg","cocoid":3,"sentences":[{"raw":"A"}]}]}"#
      case .flickr8k: "a.jpg#0\tA pond .\na.jpg#1\tB .\n"
      case .flickr30k: "image_name| comment_number| comment\na.jpg| 0| A pond .\na.jpg| 1 B .\n"
      case .csv: "image,caption,id\na.jpg,\"A \"\"pond\"\"\",1\r\nb.jpg,B,2\n"
      case .jsonl, .folder: "{\"image\":\"a.jpg\",\"captions\":[\"A\",\"B\"],\"id\":\"4\"}\n"
      }
    var random = SystemRandomNumberGenerator()
    let marks = Array("\"{}[],:|#\t\n\r\0 0aé\u{2028}".utf8)
    for _ in 0..<2000 {
      var bytes = Array(text.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[index] = marks.randomElement(using: &random) ?? 0
        case 1: bytes.insert(marks.randomElement(using: &random) ?? 0, at: index)
        default: if bytes.count > 1 { bytes.remove(at: index) }
        }
      }
      do {
        let found = try DatasetContents(data: Data(bytes), name: "d", format: format)
        #expect(found.entries.allSatisfy { !$0.references.isEmpty && !$0.name.isEmpty })
        #expect(Set(found.entries.map(\.name)).count == found.entries.count)
      } catch is DatasetError {}
    }
  }
}
