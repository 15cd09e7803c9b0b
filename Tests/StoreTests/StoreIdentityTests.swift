import Files
import Foundation
import GRDB
import Store
import SystemPackage
import Testing

/// A picture is the same whatever other programs write into its file.
struct StoreIdentityTests {
  private let store: Store
  private let work: Work
  private let run: Int64

  init() throws {
    store = try Store()
    work = try store.work(sampleModel(), options: "{}")
    run = try store.beginRun(.batch, request: "{}", work: work)
  }

  /// A file of a picture: its name, and what else is in it.
  private func identity(_ picture: String, _ rest: String = "", orientation: Int = 1)
    -> PhotoIdentity
  {
    PhotoIdentity(
      content: ContentHash(of: Array((picture + rest).utf8)),
      picture: ContentHash(of: Array(picture.utf8)), orientation: orientation)
  }

  private func photo(_ identity: PhotoIdentity, capturedAt: String? = nil) -> PhotoRecord {
    var photo = PhotoRecord(
      identity: identity, byteCount: 10, format: "JPEG", width: 640, height: 480)
    photo.facts.capturedAt = capturedAt
    return photo
  }

  @discardableResult
  private func caption(
    _ photo: PhotoRecord, _ text: String, at path: FilePath = "/a.jpg", embedding: [Float]? = nil,
    size: Int = 10
  ) throws -> Recorded {
    let recorded = try store.record(
      [
        (
          path, FileState(byteCount: size, modifiedNanoseconds: 20),
          .captioned(photo, sampleCaption(text), embedding: embedding)
        )
      ], run: run, work: work)
    return try #require(recorded.first)
  }

  private func number(_ sql: String) throws -> Int? {
    try store.read { try Int.fetchOne($0, sql: sql) }
  }

  /// As a program of version 2 left the store.
  private func forgetPictures() throws {
    try store.write {
      try $0.execute(
        sql: "UPDATE images SET picture_hash = NULL; UPDATE captions SET orientation = NULL")
    }
  }

  @Test func aFileInOtherBytesIsTheSamePicture() throws {
    try caption(photo(identity("a")), "A dog runs.")
    try store.note("Rex", about: photo(identity("a")))
    let rated = identity("a", "rating")
    #expect(try store.caption(of: rated, work)?.caption.text == "A dog runs.")
    var facts = PhotoFacts()
    facts.capturedAt = "2021-07-04T18:30:05"
    facts.humanCaptions = [HumanCaption(text: "At the lake", source: .embedded)]
    let state = FileState(byteCount: 12, modifiedNanoseconds: 30)
    _ = try store.record([("/a.jpg", state, .alreadyThere(rated, facts))], run: run, work: work)
    #expect(try store.known("/a.jpg", state, work) != .unknown)
    let picture = try #require(try store.picture(of: rated))
    let details = try #require(try store.details(of: picture))
    #expect(details.captions.map(\.text) == ["Rex", "At the lake", "A dog runs."])
    #expect(details.capturedAt == "2021-07-04T18:30:05")
    #expect(details.pictureHash == identity("a").picture)
    #expect(try number("SELECT count(*) FROM images") == 1)
  }

  @Test func whatAFileDoesNotTellStays() throws {
    try caption(photo(identity("a"), capturedAt: "2021-07-04T18:30:05"), "A dog runs.")
    try caption(photo(identity("a", "stripped")), "A dog runs.")
    let picture = try #require(try store.picture(of: identity("a")))
    #expect(try store.details(of: picture)?.capturedAt == "2021-07-04T18:30:05")
  }

  @Test func aPhotoTurnedAnotherWayIsCaptionedAgainAndKeepsItsWords() throws {
    try caption(photo(identity("a")), "A dog runs.")
    try store.note("Rex", about: photo(identity("a")))
    let turned = identity("a", "turned", orientation: 6)
    #expect(try store.caption(of: turned, work) == nil)
    var upright = photo(turned)
    (upright.width, upright.height) = (480, 640)
    guard case .captioned(let stored, let isNew) = try caption(upright, "A dog sits.") else {
      Issue.record("nothing was captioned")
      return
    }
    #expect(isNew)
    #expect(stored.caption.text == "A dog sits.")
    let picture = try #require(try store.picture(of: turned))
    let details = try #require(try store.details(of: picture))
    #expect(details.captions.map(\.text) == ["Rex", "A dog sits."])
    #expect((details.width, details.height) == (480, 640))
    // Turned back, also in the bytes of before.
    #expect(try store.caption(of: identity("a"), work) == nil)
  }

  @Test func aPictureOfAnEarlierStoreIsKnownByItsBytesAtFirst() throws {
    try caption(photo(identity("a")), "A dog runs.")
    try forgetPictures()
    let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
    #expect(try store.known("/a.jpg", state, work) == .unsettled)
    #expect(try store.caption(of: identity("a", "rating"), work) == nil)
    _ = try store.record(
      [("/a.jpg", state, .alreadyThere(identity("a", orientation: 6), PhotoFacts()))], run: run,
      work: work)
    #expect(try store.caption(of: identity("a", "rating", orientation: 6), work) != nil)
    #expect(try store.caption(of: identity("a", "rating"), work) == nil)
    guard case .captioned = try store.known("/a.jpg", state, work) else {
      Issue.record("it is still unidentified")
      return
    }
  }

  @Test func duplicatesThatBecomeOneKeepAllWords() throws {
    try caption(photo(identity("a")), "A dog runs.", embedding: [1, 2, 2])
    try caption(
      photo(PhotoIdentity(content: identity("a", "copy").content)), "A dog.", at: "/b.jpg")
    try store.note("Rex", about: photo(identity("a")))
    try store.note("Anna", about: photo(identity("a", "copy")))
    try store.note("Rex", about: photo(identity("a", "copy")))
    let copy = identity("a", "copy")
    try store.write {
      try $0.execute(
        sql: "UPDATE images SET picture_hash = NULL WHERE content_hash = ?",
        arguments: [Data(copy.content.bytes)])
    }
    let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
    _ = try store.record(
      [("/b.jpg", state, .alreadyThere(copy, PhotoFacts()))], run: run, work: work)
    #expect(try number("SELECT count(*) FROM images") == 1)
    let picture = try #require(try store.picture(of: copy))
    #expect(try store.picture(of: identity("a")) == picture)
    let details = try #require(try store.details(of: picture))
    #expect(details.captions.map(\.text) == ["Rex", "Anna", "A dog runs."])
    // The other file is not there any more.
    #expect(details.paths == ["/b.jpg"])
    #expect(try store.search(SearchQuery("Anna"), limit: nil).count == 1)
    #expect(try store.check().isDamaged == false)
  }

  @Test(arguments: [
    // Seen by the same model, before and after; by none, but taken by a camera at the same time.
    ([1, 2, 2] as [Float]?, [1, 2, 2.001] as [Float]?, nil as String?, true),
    ([1, 2, 2], [1, 2, 2.2], nil, false), (nil, nil, "2021-07-04T18:30:05", true),
    // Turned, it looks otherwise. Where nothing tells, the place does.
    ([1, 2, 2], [1, 2, 2.2], "2021-07-04T18:30:05", true), (nil, nil, nil, true),
  ])
  func aFileThatChangedBeforeItsPictureWasKnownIsRecognised(
    before: [Float]?, after: [Float]?, time: String?, isSame: Bool
  ) throws {
    try caption(photo(identity("a"), capturedAt: time), "A dog runs.", embedding: before)
    try store.note("Rex", about: photo(identity("a")))
    try forgetPictures()
    try caption(
      photo(identity("a", "rating"), capturedAt: time), "A dog runs.", embedding: after, size: 12)
    let picture = try #require(try store.picture(at: "/a.jpg"))
    let words = try #require(try store.details(of: picture)).captions.map(\.text)
    #expect(words == (isSame ? ["Rex", "A dog runs."] : ["A dog runs."]))
    #expect(try number("SELECT count(*) FROM images") == (isSame ? 1 : 2))
  }

  /// A rating was given, and a program of version 2 made another picture of the file.
  @Test func wordsThatLostTheirFileComeBack() throws {
    try caption(photo(identity("a")), "A dog runs.", embedding: [1, 2, 2])
    try store.note("Rex", about: photo(identity("a")))
    try caption(photo(identity("b")), "A cat.", at: "/b.jpg", embedding: [2, 1, 2])
    try store.write {
      try $0.execute(
        sql: """
          DELETE FROM files WHERE path = CAST('/a.jpg' AS BLOB);
          INSERT INTO lost_images VALUES (1);
          """)
    }
    try forgetPictures()
    try caption(photo(identity("a", "rating")), "A dog runs.", embedding: [1, 2, 2], size: 12)
    let picture = try #require(try store.picture(at: "/a.jpg"))
    #expect(
      try #require(try store.details(of: picture)).captions.map(\.text) == ["Rex", "A dog runs."])
    #expect(try number("SELECT count(*) FROM images") == 2)
  }

  /// By a program that packs the same picture better.
  @Test func aPictureThatWasWrittenAnewKeepsItsWords() throws {
    try caption(photo(identity("a")), "A dog runs.", embedding: [1, 2, 2])
    try store.note("Rex", about: photo(identity("a")))
    try caption(photo(identity("b")), "A dog runs.", embedding: [1, 2, 2.001], size: 12)
    let picture = try #require(try store.picture(at: "/a.jpg"))
    #expect(
      try #require(try store.details(of: picture)).captions.map(\.text) == ["Rex", "A dog runs."])
    // Another one in its place has none of them; nor are they lost.
    try caption(photo(identity("c")), "A cat.", embedding: [2, 1, 2], size: 14)
    let other = try #require(try store.picture(at: "/a.jpg"))
    #expect(try #require(try store.details(of: other)).captions.map(\.text) == ["A cat."])
    #expect(try store.picture(of: identity("b")) == picture)
  }

  @Test func wordsThatWereChangedInTheOnlyFileGiveWay() throws {
    func enter(_ words: [String], at path: FilePath = "/a.jpg") throws -> [String] {
      var photo = photo(identity("a", "\(words)"))
      photo.facts.humanCaptions = words.map { HumanCaption(text: $0, source: .embedded) }
      try caption(photo, "A dog runs.", at: path)
      let picture = try #require(try store.picture(of: identity("a")))
      return try #require(try store.details(of: picture)).captions.map(\.text)
    }
    #expect(try enter(["Anna at sea"]) == ["Anna at sea", "A dog runs."])
    try store.note("Rex", about: photo(identity("a", "\(["Anna at sea"])")))
    #expect(try enter(["Berta in town"]) == ["Rex", "Berta in town", "A dog runs."])
    // What a model said is nobody's, if its mark is lost.
    #expect(
      try enter(["Berta in town", "A dog runs."]) == ["Rex", "Berta in town", "A dog runs."])
    // Taken out of the file, they are kept here, whatever a person adds; be it a model's sentence.
    #expect(try enter([]) == ["Rex", "Berta in town", "A dog runs."])
    let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
    try store.note("A dog runs.", about: photo(identity("a", "[]")), at: "/a.jpg", state)
    let noted = ["Rex", "Berta in town", "A dog runs.", "A dog runs."]
    #expect(try enter([]) == noted)
  }

  @Test func storesAgreeOnPictures() throws {
    try caption(photo(identity("a", "here")), "A dog runs.")
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = FilePath(folder.path).appending("other.sqlite")
    let other = try Store(path: path, for: .create)
    let work = try other.work(sampleModel(), options: "{}")
    let run = try other.beginRun(.batch, request: "{}", work: work)
    _ = try other.record(
      [
        (
          "/there.jpg", FileState(byteCount: 10, modifiedNanoseconds: 20),
          .captioned(photo(identity("a", "there")), sampleCaption("A dog."), embedding: nil)
        )
      ], run: run, work: work)
    try other.note("Rex", about: photo(identity("a", "there")))
    try other.close()
    _ = try store.merge(path)
    #expect(try number("SELECT count(*) FROM images") == 1)
    let picture = try #require(try store.picture(at: "/there.jpg"))
    #expect(try store.details(of: picture)?.captions.map(\.text) == ["Rex", "A dog."])
  }

  @Test func whatWasExportedIsKnownByItsPicture() throws {
    try caption(photo(identity("a", "here", orientation: 3)), "A dog runs.")
    var lines: [CaptionExchange] = []
    try store.export(ExportSelection()) { try $0.forEachEntry { entry, _ in lines.append(entry) } }
    let line = try #require(lines.first)
    #expect(line.pictureHash == identity("a").picture)
    #expect(line.orientation == 3)
    let other = try Store()
    _ = try other.importing(request: "{}") { importer in
      for line in lines { try importer.enter(line) }
    }
    let work = try #require(try other.existingWork(sampleModel().contentHash, options: "{}"))
    #expect(try other.caption(of: identity("a", "else", orientation: 3), work) != nil)
    #expect(try other.caption(of: identity("a", "else"), work) == nil)
  }
}
