import Batch
import Captioning
import Files
import Foundation
import PhotoMetadata
import Store
import SystemPackage
import TestSupport
import Testing

struct PhotoWriterTests {
  private let folder: TemporaryFolder
  private let photo: FilePath
  private let store: Store
  private let run: Int64
  private let caption: StoredCaption
  private let source: CaptionSource

  init() throws {
    let grey = try GreyPhoto()
    (folder, photo, store) = (grey.folder, grey.path, grey.store)
    let model = ModelIdentity(
      name: "small", contentHash: ContentHash(of: [1]), configuration: "{}")
    let work = try store.work(model, options: "{}")
    source = try CaptionSource(model, DecodingOptions())
    run = try store.beginRun(.batch, request: "{}", work: work)
    let file = try PhotoFile(at: photo)
    let machine = MachineCaption(
      text: "A dog.", logProbability: -1, confidence: 0.5, words: [], alternatives: [])
    let recorded = try store.record(
      [
        (
          photo, file.state,
          .captioned(PhotoRecord(of: file.bytes, name: "photo"), machine, embedding: nil)
        )
      ], run: run, work: work)
    guard case .captioned(let caption, _)? = recorded.first else {
      throw CocoaError(.featureUnsupported)
    }
    self.caption = caption
  }

  private func write(
    _ change: (inout PhotoWriter.Options) -> Void = { _ in }
  ) throws -> (count: Int, errors: [MetadataError]) {
    var options = PhotoWriter.Options()
    options.embeds = true
    change(&options)
    let writer = PhotoWriter(store: store, source: source, version: "1.0", options: options)
    var errors: [MetadataError] = []
    let state = try #require(FileState(of: photo))
    let count = try writer.write(caption, of: photo, state, run: run) { errors.append($0) }
    return (count, errors)
  }

  private func properties() throws -> PhotoProperties {
    PhotoProperties(try FileReplacement.read(photo).bytes)
  }

  private func note(_ text: String) throws {
    let file = try PhotoFile(at: photo)
    let record = try PhotoRecord(of: file.bytes, name: "photo", at: photo)
    try store.note(text, about: record, at: photo, file.state)
  }

  private func segment(_ marker: UInt8, _ content: [UInt8]) throws {
    var bytes = try FileReplacement.read(photo).bytes
    let length = content.count + 2
    bytes.insert(
      contentsOf: [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + content, at: 2)
    try Data(bytes).write(to: URL(filePath: photo.string))
  }

  @Test func `the latest note is written in place of the model's sentence`() throws {
    #expect(try write().count == 1)
    #expect(try properties()[.description]?.text == "A dog.")
    try note("Rex")
    try note("Rex at Lake Garda")
    let written = try write { $0.sidecars = [.text, .json, .xmp] }
    #expect(written.count == 4 && written.errors == [])
    #expect(try Set(properties().descriptions.map(\.text)) == ["Rex at Lake Garda"])
    #expect(try properties().descriptions.allSatisfy { $0.author == .person })
    let text = try FileReplacement.read(Sidecar.path(for: photo, .text)).bytes
    #expect(text == Array("Rex at Lake Garda\n".utf8))
    let object = try FileReplacement.read(Sidecar.path(for: photo, .json)).bytes
    #expect(String(decoding: object, as: UTF8.self).contains(#""note" : "Rex at Lake Garda""#))
    #expect(try write { $0.sidecars = [.text, .json, .xmp] }.count == 0)
  }

  @Test func `a person's words keep the model's out of photos and files beside them`() throws {
    try segment(0xFE, Array("My dog".utf8))
    let written = try write { $0.sidecars = [.text, .xmp] }
    #expect(written.count == 0)
    #expect(written.errors.count == 3 && written.errors.allSatisfy { $0.isHumanText })
    #expect(try write { $0.overwritesHuman = true }.count == 1)
  }

  @Test func `a signed photo is described beside it, unless told otherwise`() throws {
    try segment(0xEB, Array("JP\0\u{1}\0\0\0\u{1}\0\0\0\u{2E}jumb\0\0\0\u{1E}jumdc2pa".utf8))
    let before = try FileReplacement.read(photo).bytes
    let written = try write()
    #expect(written.count == 1)
    #expect(written.errors == [.signed(path: photo.string)])
    #expect(written.errors.allSatisfy { $0.isRemark })
    #expect(try FileReplacement.read(photo).bytes == before)
    #expect(Sidecar.texts(beside: photo).first?.texts.first?.text == "A dog.")
    #expect(try write { $0.breaksSignatures = true }.count == 1)
    #expect(try properties()[.description]?.text == "A dog.")
  }

  @Test func `a file that was changed since loses only what was written`() throws {
    #expect(try write { $0.sidecars = [.text, .xmp] }.count == 3)
    try segment(0xFE, Array("My dog".utf8))
    var errors: [MetadataError] = []
    let undone = try PhotoWriter.undo(run, in: store) { errors.append($0) }
    #expect(undone == PhotoWriter.Undone(restored: 2, stripped: 1))
    #expect(errors == [])
    #expect(try properties().descriptions.map(\.text) == ["My dog"])
    #expect(try store.runsWithWrites().isEmpty)
  }

  @Test func `a note that was written is taken out, too`() throws {
    try note("Rex")
    #expect(try write().count == 1)
    try segment(0xFE, Array("CREATOR: gd-jpeg v1.0".utf8))
    #expect(try PhotoWriter.undo(run, in: store) { _ in }.stripped == 1)
    #expect(try properties().descriptions == [])
  }

  @Test func `what was written over by a later run is left to that`() throws {
    #expect(try write().count == 1)
    try note("Rex")
    let later = try store.beginRun(.batch, request: "{}", work: nil)
    let state = try #require(FileState(of: photo))
    var options = PhotoWriter.Options()
    options.embeds = true
    let writer = PhotoWriter(store: store, source: source, version: "1.0", options: options)
    #expect(try writer.write(caption, of: photo, state, run: later) { _ in } == 1)
    var errors: [MetadataError] = []
    #expect(try PhotoWriter.undo(run, in: store) { errors.append($0) } == PhotoWriter.Undone())
    #expect(errors == [.changed(path: photo.string)])
    #expect(try properties()[.description]?.text == "Rex")
  }

  /// What is written where the photo is a link to one elsewhere.
  private func writeLinked(
    to target: FilePath, named: [FilePath], _ change: (inout PhotoWriter.Options) -> Void = { _ in }
  ) throws -> (count: Int, errors: [MetadataError]) {
    try FileManager.default.createDirectory(
      atPath: target.removingLastComponent().string, withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: photo.string, toPath: target.string)
    try FileManager.default.createSymbolicLink(
      atPath: photo.string, withDestinationPath: target.string)
    return try write {
      $0.places = WritePlaces(
        named: named,
        folders: named.filter { FileManager.default.fileExists(atPath: $0.string + "/.") })
      change(&$0)
    }
  }

  @Test func `links out of the folder are not written through`() throws {
    let elsewhere = try TemporaryFolder()
    let target = FilePath(elsewhere.path).appending("photo.jpg")
    let before = try FileReplacement.read(photo).bytes
    let written = try writeLinked(to: target, named: [FilePath(folder.path)]) {
      $0.sidecars = [.text]
    }
    // The file of text is new, and lies in the folder.
    #expect(written.count == 1)
    #expect(written.errors == [.linkedOut(path: photo.string)])
    #expect(written.errors.allSatisfy { $0.isLinkedOut })
    #expect(try FileReplacement.read(target).bytes == before)
    let stripper = PhotoStripper(
      store: store,
      places: WritePlaces(named: [FilePath(folder.path)], folders: [FilePath(folder.path)]))
    #expect(try write { $0.places = nil }.count == 1)
    var errors: [MetadataError] = []
    let changed = try stripper.strip(photo, run: run) { errors.append($0) }
    #expect(changed == [Sidecar.path(for: photo, .text)])
    #expect(errors == [.linkedOut(path: photo.string)])
  }

  @Test func `links within the folder, and photos that are named, are written`() throws {
    let target = FilePath(folder.path).appending("inner/photo.jpg")
    #expect(try writeLinked(to: target, named: [FilePath(folder.path)]).count == 1)
    let written = PhotoProperties(try FileReplacement.read(target).bytes)
    #expect(written.descriptions.first?.text == "A dog.")
  }

  @Test func `a photo that is named is written behind its link, but not its sidecar's`() throws {
    let elsewhere = try TemporaryFolder()
    let target = FilePath(elsewhere.path).appending("photo.jpg")
    let text = FilePath(elsewhere.path).appending("text")
    try Data().write(to: URL(filePath: text.string))
    let sidecar = Sidecar.path(for: photo, .text)
    try FileManager.default.createSymbolicLink(
      atPath: sidecar.string, withDestinationPath: text.string)
    let written = try writeLinked(to: target, named: [photo]) { $0.sidecars = [.text] }
    #expect(written.count == 1)
    #expect(written.errors == [.linkedOut(path: sidecar.string)])
    #expect(try FileReplacement.read(text).bytes == [])
  }

  @Test func `another name of a photo keeps what it was`() throws {
    let backup = FilePath(folder.path).appending("backup.jpg")
    let before = try FileReplacement.read(photo).bytes
    try FileManager.default.linkItem(atPath: photo.string, toPath: backup.string)
    #expect(try write().count == 1)
    #expect(try FileReplacement.read(backup).bytes == before)
    #expect(try properties().descriptions.first?.text == "A dog.")
    var errors: [MetadataError] = []
    #expect(try PhotoWriter.undo(run, in: store) { errors.append($0) }.restored == 1)
    #expect(errors == [])
    #expect(try FileReplacement.read(photo).bytes == before)
  }

  @Test func `what a killed process left beside written photos is found by the store`() throws {
    #expect(try write().count == 1)
    let left = folder.path + "/.caption-0123456789abcdef.tmp"
    func leave() throws {
      try Data("half".utf8).write(to: URL(filePath: left))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -200_000)], ofItemAtPath: left)
    }
    try leave()
    #expect(try PhotoWriter.clearLeftOvers(knownTo: store) == 1)
    try leave()
    _ = try PhotoWriter.undo(run, in: store) { _ in }
    #expect(!FileManager.default.fileExists(atPath: left))
    // Also once everything is taken back.
    try leave()
    #expect(try PhotoWriter.clearLeftOvers(knownTo: store) == 1)
  }
}
