import Files
import Foundation
import GRDB
import Store
import SystemPackage
import TestSupport
import Testing

@Suite struct StoreForgettingTests {
  private let store: Store
  private let work: Work
  private let folder: TemporaryFolder

  init() throws {
    store = try Store()
    work = try store.work(sampleModel(), options: "{}")
    folder = try TemporaryFolder()
    try store.enter([("/a.jpg", "A dog runs."), ("/b.jpg", "A dog sleeps.")], work: work)
    try store.note(note, about: samplePhoto("/a.jpg"))
  }

  private let note = "Rex in 2019"

  private func found(_ query: String) throws -> [String] {
    try store.search(SearchQuery(query), limit: nil).map(\.path.string).sorted()
  }

  private func exported() throws -> Int {
    var count = 0
    try store.export(ExportSelection()) { try $0.forEachPicture { _ in count += 1 } }
    return count
  }

  @Test func whatIsForgottenIsBroughtBackWhole() throws {
    let before = try store.details(of: samplePicture("/a.jpg", in: store))
    #expect(try store.forget(["/a.jpg", "/none.jpg"]) == ["/a.jpg"])
    #expect(try store.forget(["/b.jpg"]) == ["/b.jpg"])
    #expect(try found("dog").isEmpty && exported() == 0)
    #expect(try store.statistics().pictures == 0 && store.statistics().humanCaptions == 0)
    #expect(try store.check().picturesWithoutFiles == 0)
    #expect(try store.bringBack() == ["/b.jpg"])
    #expect(try found("dog") == ["/b.jpg"] && exported() == 1)
    #expect(try store.bringBack() == ["/a.jpg"])
    #expect(try store.details(of: samplePicture("/a.jpg", in: store)) == before)
    #expect(try found("Rex") == ["/a.jpg"])
    #expect(try store.bringBack() == nil)
  }

  @Test func aPictureThatComesBackHasItsNotes() throws {
    _ = try store.forget(["/a.jpg"])
    try store.enter([("/a.jpg", "A dog runs.")], work: work)
    #expect(try found("Rex") == ["/a.jpg"])
  }

  @Test func failuresAreForgottenAndBroughtBack() throws {
    let run = try store.beginRun(.batch, request: "{}", work: work)
    _ = try store.record(
      [("/x.jpg", nil, .failed(.noInput, reason: "gone"))], run: run, work: work)
    #expect(try store.forget(["/x.jpg"]) == ["/x.jpg"])
    #expect(try store.failures(closed: false).isEmpty)
    #expect(try store.bringBack() == ["/x.jpg"])
    #expect(try store.failures(closed: false).map(\.path) == ["/x.jpg"])
  }

  @Test func afterAMonthItIsGone() throws {
    try store.forgetForGood(["/a.jpg"])
    #expect(try store.bringBack() == nil)
    let images = try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM images") }
    #expect(images == 1)
    try store.enter([("/a.jpg", "A dog runs.")], work: work)
    #expect(try found("Rex").isEmpty)
  }

  @Test func notesOnMissingPhotosStayForGood() throws {
    try store.forgetForGood(["/a.jpg", "/b.jpg"], missing: true)
    #expect(try store.bringBack() == nil)
    #expect(try found("dog").isEmpty && exported() == 0)
    #expect(try store.picture(of: samplePhoto("/a.jpg").identity) == nil)
    let captions = try store.read { try String.fetchAll($0, sql: "SELECT text FROM captions") }
    #expect(captions == [note])
    try store.enter([("/moved.jpg", "A bird.")], work: work)
    let file = FileState(byteCount: 1, modifiedNanoseconds: 2)
    try store.note("Still Rex", about: samplePhoto("/a.jpg"), at: "/new.jpg", file)
    #expect(try found("Rex") == ["/new.jpg"])
  }

  @Test func missingPhotosAreThoseOfFoldersThatAreThere() throws {
    let root = FilePath(folder.path)
    for name in ["album/1.jpg", "album/2.jpg", "disk/3.jpg", "disk/4.jpg"] {
      let path = root.appending(name)
      try FileManager.default.createDirectory(
        atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
      try Data("x".utf8).write(to: URL(filePath: path.string))
      try store.enter([(path.string, "A bird.")], work: work)
    }
    let disk = root.appending("disk")
    _ = try store.beginRun(
      .batch, request: #"{"paths": ["album", "disk"], "folders": ["\#(root)/album", "\#(disk)"]}"#,
      work: work)
    #expect(try store.missingPhotos(in: root).gone.isEmpty)
    try FileManager.default.removeItem(atPath: root.appending("album/1.jpg").string)
    try FileManager.default.removeItem(atPath: disk.string)
    let missing = try store.missingPhotos(in: root)
    #expect(missing.gone == [root.appending("album/1.jpg")])
    #expect(missing.notConnected.map(\.folder) == [disk])
    #expect(missing.notConnected.map(\.count) == [2])
    // A file that has come back meanwhile stays.
    try Data("x".utf8).write(to: URL(filePath: missing.gone[0].string))
    #expect(try store.forget(missing.gone, missing: true).isEmpty)
    #expect(try store.knownPhotos(in: root).count == 4)
  }
}
