import Batch
import Files
import Foundation
import PhotoMetadata
import Store
import SystemPackage
import TestSupport
import Testing

struct PhotoStripperTests {
  private let folder: TemporaryFolder
  private let photo: FilePath
  private let store: Store

  init() throws {
    let grey = try GreyPhoto()
    (folder, photo, store) = (grey.folder, grey.path, grey.store)
  }

  private func files() throws -> [String: Data] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).reduce(into: [:]) {
      $0[$1] = try Data(contentsOf: URL(filePath: folder.path + "/" + $1))
    }
  }

  private func strip(_ run: Int64?) throws -> [String] {
    try PhotoStripper(store: store).strip(photo, run: run) { Issue.record($0) }
      .compactMap { $0.lastComponent?.string }
  }

  @Test func `a model's text goes from everywhere, and comes back`() throws {
    let original = try files()
    let sentence = PhotoSentence("A dog.", model: "small", version: "1.0")
    try #require(try FileEdit.embedding(sentence, in: photo)).commit()
    try #require(try Sidecar.xmp(sentence, for: photo)).commit()
    let object = Array(#"{"generator": "caption", "caption": "A dog."}"#.utf8)
    try #require(try Sidecar.json(object, for: photo) { _, _ in false }).commit()
    let text = try #require(try Sidecar.text("A dog.", for: photo) { _, _ in false })
    let batch = try store.beginRun(.batch, request: "{}", work: nil)
    try store.prepareWrite(
      of: nil, to: text.path, .text, after: ContentHash(of: text.bytes),
      undo: text.undo.serialized, run: batch)
    try text.commit()
    let before = try files()
    let names = ["grey.jpg", "grey.jpg.txt", "grey.jpg.json", "grey.jpg.xmp"]
    #expect(try strip(nil) == names)
    #expect(try files() == before)

    let run = try store.beginRun(.single, request: "{}", work: nil)
    #expect(try strip(run) == names)
    #expect(try files().keys.sorted() == original.keys.sorted())
    #expect(PhotoProperties([UInt8](try #require(try files()["grey.jpg"]))).descriptions == [])
    #expect(try strip(run) == [])
    #expect(try PhotoWriter.undo(run, in: store) { Issue.record($0) }.restored == 4)
    #expect(try files() == before)
  }

  @Test func `what people wrote stays`() throws {
    let note = PhotoSentence("Rex", model: nil, version: "1.0")
    try #require(try FileEdit.embedding(note, in: photo)).commit()
    try #require(try Sidecar.xmp(note, for: photo)).commit()
    for (name, text) in [("grey.jpg.txt", "Rex"), ("grey.jpg.json", "{}"), ("grey.xmp", "")] {
      try Data(text.utf8).write(to: URL(filePath: folder.path + "/" + name))
    }
    let before = try files()
    #expect(try strip(store.beginRun(.single, request: "{}", work: nil)) == [])
    #expect(try files() == before)
  }

  @Test func `another program's properties in an XMP file stay`() throws {
    let sidecar = Sidecar.path(for: photo, .xmp)
    let other = """
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
      xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
      xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="3"/></rdf:RDF></x:xmpmeta>
      """
    try Data(other.utf8).write(to: URL(filePath: sidecar.string))
    let sentence = PhotoSentence("A dog.", model: "small", version: "1.0")
    try #require(try Sidecar.xmp(sentence, for: photo)).commit()
    #expect(try strip(store.beginRun(.single, request: "{}", work: nil)) == ["grey.jpg.xmp"])
    let rest = String(decoding: try #require(try files()["grey.jpg.xmp"]), as: UTF8.self)
    #expect(rest.contains("xmp:Rating=\"3\"") && !rest.contains("A dog."))
    #expect(!rest.contains("caption:"))
  }
}
