import Files
import Foundation
import GRDB
import Store
import SystemPackage
import TestSupport
import Testing

struct StoreCaptionsTests {
  private let store: Store
  private let work: Work
  private let state = FileState(byteCount: 10, modifiedNanoseconds: 20)

  init() throws {
    store = try Store()
    work = try store.work(sampleModel(), options: "{}")
  }

  private func count(_ sql: String) throws -> Int? {
    try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(sql)") }
  }

  @Test func whatIsKnownOfAFile() throws {
    #expect(try store.known("/a.jpg", state, work) == .unknown)
    try store.enter([("/a.jpg", "A dog runs.")], work: work)
    guard case .captioned(let caption) = try store.known("/a.jpg", state, work) else {
      Issue.record("the caption is not known")
      return
    }
    #expect(caption.caption == sampleCaption("A dog runs."))
    // Changed since, or another model.
    let changed = FileState(byteCount: 10, modifiedNanoseconds: 21)
    #expect(try store.known("/a.jpg", changed, work) == .unknown)
    let other = try store.work(sampleModel("other"), options: "{}")
    #expect(
      try store.known("/a.jpg", state, other) == .seen)
  }

  @Test func theSameWorkIsKeptOnceAndReplacedOnPurposeOnly() throws {
    try store.enter([("/a.jpg", "A dog runs.")], work: work)
    let first = try #require(try store.caption(of: samplePhoto("/a.jpg").identity, work))
    let run = try store.beginRun(.batch, request: "{}", work: work)
    for replacing in [false, true] {
      _ = try store.record(
        [
          (
            "/a.jpg", state,
            .captioned(samplePhoto("/a.jpg"), sampleCaption("A cat sits."), embedding: nil)
          )
        ], run: run, work: work, replacing: replacing)
      let now = try store.caption(of: samplePhoto("/a.jpg").identity, work)
      #expect(now?.id == first.id)
      #expect(now?.caption.text == (replacing ? "A cat sits." : "A dog runs."))
    }
    #expect(try count("captions") == 1)
    #expect(try count("caption_texts WHERE caption_texts MATCH 'cat'") == 1)
    #expect(try count("caption_texts WHERE caption_texts MATCH 'dog'") == 0)
  }

  @Test func aMovedFileKeepsItsCaption() throws {
    try store.enter([("/not/there/a.jpg", "A dog runs.")], work: work)
    let hash = samplePhoto("/not/there/a.jpg").identity
    let run = try store.beginRun(.batch, request: "{}", work: work)
    _ = try store.record(
      [("/new/b.jpg", state, .alreadyThere(hash, PhotoFacts()))], run: run, work: work)
    let paths = try store.read { try Data.fetchAll($0, sql: "SELECT path FROM files") }
    #expect(paths == [Data("/new/b.jpg".utf8)])
  }

  @Test func failuresAreOpenUntilTheyAreNot() throws {
    let run = try store.beginRun(.batch, request: "{}", work: work)
    for reason in ["truncated", "still truncated"] {
      _ = try store.record(
        [("/a.jpg", state, .failed(.badData, reason: reason))], run: run, work: work)
      #expect(try store.known("/a.jpg", state, work) == .failed(.badData, reason: reason))
    }
    #expect(try count("failures WHERE closed_at IS NULL") == 1)
    try store.enter([("/a.jpg", "A dog runs.")], work: work)
    #expect(try count("failures WHERE closed_at IS NULL") == 0)
    #expect(try count("failures") == 2)
  }

  @Test func whatAPersonWroteStays() throws {
    try store.enter([("/a.jpg", "A dog runs.")], work: work)
    for _ in 1...2 { try store.note("Rex, 2019", about: samplePhoto("/a.jpg")) }
    #expect(try count("captions WHERE origin = 'human'") == 1)
    #expect(throws: StoreError.self) {
      try store.write {
        try $0.execute(sql: "UPDATE captions SET text = 'x' WHERE origin = 'human'")
      }
    }
  }

  @Test func pathsAreKeptByteForByte() throws {
    let bytes: [CChar] = [47, -1, 10, 39, 34, 92, -16, -97, 0]
    let path = FilePath(platformString: bytes)
    let run = try store.beginRun(.batch, request: "{}", work: work)
    _ = try store.record(
      [(path, state, .failed(.badData, reason: "truncated"))], run: run, work: work)
    let stored = try store.read { try Data.fetchOne($0, sql: "SELECT path FROM failures") }
    #expect(stored.map(FilePath.init(data:)) == path)
    #expect(try store.known(path, state, work) != .unknown)
  }

  @Test(arguments: [
    "INSERT INTO images VALUES (9, x'00', 1, 'JPEG', 1, 1, NULL, NULL, NULL, NULL, NULL, '', NULL)",
    """
    INSERT INTO images VALUES (9, zeroblob(32), 1, 'JPEG', 0, 1, NULL, NULL, NULL, NULL, NULL, '',
      NULL)
    """,
    """
    INSERT INTO images VALUES (9, zeroblob(32), 1, 'JPEG', 1, 1, 'now', NULL, NULL, NULL, NULL, '',
      NULL)
    """,
    """
    INSERT INTO images VALUES (9, zeroblob(32), 1, 'JPEG', 1, 1, NULL, NULL, NULL, 91, 0, '', NULL)
    """,
    "INSERT INTO captions (image_id, origin, text, created_at) VALUES (1, 'machine', 'A dog', '')",
    """
    INSERT INTO captions (image_id, origin, text, created_at, source) VALUES (7, 'human', 'A', '', 'note')
    """,
    "UPDATE captions SET confidence = 1.5",
    "UPDATE captions SET words = '{'",
    "UPDATE embeddings SET vector = x'000000'",
    "UPDATE runs SET state = 'running'",
  ])
  func nonsenseIsRefused(sql: String) throws {
    try store.enter([("/a.jpg", "A dog runs.")], work: work)
    #expect(throws: StoreError.self) { try store.write { try $0.execute(sql: sql) } }
  }

  @Test func timesSortAsText() {
    let date = Date(timeIntervalSince1970: 1_769_851_800.25)
    #expect(Timestamp(date).text == "2026-01-31T09:30:00.250Z")
    let parser = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    for millisecond in 0..<1000 {
      let text = String(format: "2026-11-24T10:53:57.%03dZ", millisecond)
      #expect((try? Date(text, strategy: parser)).map { Timestamp($0).text } == text)
    }
  }
}
