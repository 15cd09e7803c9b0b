import Files
import Foundation
import GRDB
import Store
import SystemPackage
import TestSupport
import Testing

struct StoreMergeTests {
  private let folder: TemporaryFolder
  private let first: Store
  private let second: Store

  init() throws {
    folder = try TemporaryFolder()
    first = try Store(path: FilePath(folder.path).appending("first.sqlite"), for: .create)
    // A name that SQLite's URIs and texts would trip over.
    second = try Store(path: FilePath(folder.path).appending("se'c%3F?o#nd.sqlite"), for: .create)
  }

  /// All that the store says, whatever numbers its rows have.
  private func content(_ store: Store) throws -> [String] {
    try store.read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT 'image ' || hex(content_hash) || ' ' || ifnull(camera_make, '') AS line FROM images
          UNION ALL SELECT 'version ' || hex(v.content_hash) || ' ' || hex(i.content_hash)
            FROM image_versions v JOIN images i ON i.id = image_id
          UNION ALL SELECT 'file ' || path || ' ' || hex(content_hash) || ' ' || seen_at
            FROM files JOIN images ON images.id = image_id
          UNION ALL SELECT 'caption ' || text || ' ' || hex(i.content_hash) || ' ' || created_at
            || ' ' || ifnull(m.name, '') || ' ' || ifnull(options, '') || ' ' || ifnull(source, '')
            || ' ' || ifnull(r.started_at, '')
            FROM captions c JOIN images i ON i.id = image_id LEFT JOIN models m ON m.id = c.model_id
            LEFT JOIN decodings d ON d.id = c.decoding_id LEFT JOIN runs r ON r.id = run_id
          UNION ALL SELECT 'embedding ' || hex(vector) || ' ' || hex(i.content_hash) || ' ' || m.name
            FROM embeddings e JOIN images i ON i.id = image_id JOIN models m ON m.id = e.model_id
          UNION ALL SELECT 'sentiment ' || text || ' ' || label || ' ' || name || ' ' || created_at
            || ' ' || is_given FROM sentiments JOIN sentiment_texts t ON t.id = text_id
            JOIN sentiment_models m ON m.id = model_id
          UNION ALL SELECT 'labelled ' || text || ' ' || label || ' ' || name
            FROM caption_sentiments JOIN captions c ON c.id = caption_id
            JOIN sentiment_models m ON m.id = caption_sentiments.model_id
          UNION ALL SELECT 'failure ' || path || ' ' || reason || ' ' || failed_at || ' '
            || (closed_at IS NULL) FROM failures
          UNION ALL SELECT 'run ' || kind || ' ' || state || ' ' || started_at || ' ' || captioned
            || ' ' || failed || ' ' || ifnull(m.name, '') FROM runs LEFT JOIN models m ON m.id = model_id
          ORDER BY line
          """)
    }
  }

  @Test func allOfBothAndNothingTwice() throws {
    let one = try first.work(sampleModel("one"), options: "{}")
    try first.enter([("/a.jpg", "A dog."), ("/b.jpg", "A cat.")], work: one)
    // The same models and pictures have other numbers in the other store.
    let two = try second.work(sampleModel("two"), options: #"{"beam":3}"#)
    try second.enter([("/c.jpg", "A bird."), ("/b.jpg", "A tiger.")], work: two)
    let alsoOne = try second.work(sampleModel("one"), options: "{}")
    try second.enter([("/d.jpg", "A fish.")], work: alsoOne)
    try second.note("Rex", about: samplePhoto("/c.jpg"))
    let run = try second.beginRun(.batch, request: "{}", work: two)
    _ = try second.record(
      [("/bad.jpg", nil, .failed(.noInput, reason: "there is no such file"))], run: run, work: two)
    try second.endRun(run, .interrupted)
    let other = try content(second)
    let own = try content(first)

    let counts = try first.merge(second.path)
    #expect(counts.before.captions == 2)
    #expect(counts.after.captions == 5)
    #expect(counts.after.humanCaptions == 1)
    #expect(counts.after.images == 4)
    #expect(counts.after.openFailures == 1)
    #expect(counts.after.runs == 4)
    let merged = try content(first)
    // The file of the picture that both have was seen later by the second.
    let expected = Set(own).union(other).filter {
      !$0.hasPrefix("file /b.jpg") || other.contains($0)
    }
    #expect(merged == expected.sorted())
    let found = try first.read {
      try Int.fetchOne(
        $0, sql: "SELECT count(*) FROM caption_texts WHERE caption_texts MATCH 'tiger OR rex'")
    }
    #expect(found == 2)

    #expect(try first.merge(second.path).after == counts.after)
    #expect(try content(first) == merged)
    #expect(try content(second) == other)
    #expect(try first.check().isDamaged == false)
  }

  @Test func theNewerCaptionStays() throws {
    for (store, text, time) in [(first, "Older.", "2026-01-01"), (second, "Newer.", "2026-01-02")] {
      try store.enter(
        [("/a.jpg", text)], work: store.work(sampleModel(), options: "{}"))
      try store.write {
        try $0.execute(sql: "UPDATE captions SET created_at = ?", arguments: [time])
      }
    }
    func text(_ store: Store) throws -> [String] {
      try store.read { try String.fetchAll($0, sql: "SELECT text FROM captions") }
    }
    _ = try second.merge(first.path)
    #expect(try text(second) == ["Newer."])
    _ = try first.merge(second.path)
    #expect(try text(first) == ["Newer."])
    #expect(try first.check().isDamaged == false)
  }

  @Test func whatTextsSayIsMerged() throws {
    let work = try first.work(sampleModel(), options: "{}")
    try first.enter([("/a.jpg", "A happy dog."), ("/b.jpg", "A cat.")], work: work)
    // Other numbers there.
    try second.enter([("/x.jpg", "A bird.")], work: second.work(sampleModel("x"), options: "{}"))
    let other = try second.work(sampleModel(), options: "{}")
    try second.enter(
      [("/b.jpg", "A sad cat."), ("/c.jpg", "A sad clown."), ("/d.jpg", "A fish.")], work: other)
    try second.write {
      // The first store's caption of /b.jpg is newer, so that nobody says the other any more.
      try $0.execute(sql: "UPDATE captions SET created_at = '2020-01-01' WHERE text = 'A sad cat.'")
    }
    try second.note("A sad day", about: samplePhoto("/c.jpg"))
    _ = try second.labelCaptions(by: sampleSentimentModel()) { $0.map(sentiment) }
    try second.enter([("A happy text", sentiment("happy"))], by: sampleSentimentModel())
    let counts = try first.merge(second.path)
    #expect(counts.after.sentiments == 5)
    let merged = try content(first)
    let lines = merged.filter { $0.hasPrefix("labelled") }
    #expect(
      lines == [
        "labelled A bird. positive tones", "labelled A fish. positive tones",
        "labelled A sad clown. negative tones", "labelled A sad day negative tones",
      ])
    #expect(merged.filter { $0.hasPrefix("sentiment") && $0.hasSuffix("1") }.count == 1)
    #expect(!merged.contains { $0.contains("A sad cat.") })
    #expect(try first.merge(second.path).after == counts.after)
    #expect(try content(first) == merged)
    // A label that is there stays.
    _ = try first.labelCaptions(by: sampleSentimentModel("moods")) { $0.map(sentiment) }
    _ = try first.merge(second.path)
    #expect(
      try content(first).filter { $0.hasPrefix("labelled") && $0.hasSuffix("moods") }.count == 6)
    #expect(try first.check().isDamaged == false)
  }

  @Test func aPictureIsKnownByAnyOfItsContents() throws {
    let work = try first.work(sampleModel(), options: "{}")
    try first.enter([("/a.jpg", "A dog.")], work: work)
    try second.enter([("/b.jpg", "A cat.")], work: second.work(sampleModel(), options: "{}"))
    // /b.jpg's picture is the one that was /a.jpg's before something was written into it.
    try second.write {
      try $0.execute(
        sql: "INSERT INTO image_versions VALUES (?, 1)",
        arguments: [Data(samplePhoto("/a.jpg").identity.content.bytes)])
    }
    let counts = try first.merge(second.path)
    #expect(counts.after.images == 1)
    #expect(try first.caption(of: samplePhoto("/b.jpg").identity, work) != nil)
    #expect(try first.merge(second.path).after == counts.after)
  }

  @Test func failuresThatWereOvercomeElsewhereAreClosed() throws {
    let work = try first.work(sampleModel(), options: "{}")
    let run = try first.beginRun(.batch, request: "{}", work: work)
    _ = try first.record(
      [
        ("/a.jpg", nil, .failed(.noInput, reason: "gone")),
        ("/b.jpg", nil, .failed(.noInput, reason: "gone")),
      ], run: run, work: work)
    try first.write { try $0.execute(sql: "UPDATE failures SET failed_at = '2026-01-01'") }
    let other = try second.work(sampleModel(), options: "{}")
    try second.enter([("/a.jpg", "A dog.")], work: other)
    let second = second
    let again = try second.beginRun(.batch, request: "{}", work: other)
    _ = try second.record(
      [("/b.jpg", nil, .failed(.noInput, reason: "still gone"))], run: again, work: other)
    for _ in 1...2 {
      _ = try first.merge(second.path)
      let open = try first.read {
        try String.fetchAll($0, sql: "SELECT reason FROM failures WHERE closed_at IS NULL")
      }
      #expect(open == ["still gone"])
    }
  }

  /// Each waits for the other; nothing is entered twice or by half.
  @Test func allThatWritesAtOnceTakesTurns() async throws {
    for (store, name) in [(first, "first"), (second, "second")] {
      let work = try store.work(sampleModel(), options: "{}")
      try store.enter((0..<20).map { ("/\(name)-\($0).jpg", "A dog.") }, work: work)
      try store.note("Rex", about: samplePhoto("/\(name)-1.jpg"))
      try store.close()
    }
    let path = FilePath(folder.path).appending("all.sqlite")
    let others = [first.path, second.path]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for round in 0..<6 {
        group.addTask {
          let store = try Store(path: path, for: .create)
          _ = try store.merge(others[round % 2])
          if round == 2 { _ = try store.vacuum() }
          if round == 3 { _ = try store.repair(goneFiles: []) }
          _ = try store.importing(request: "{}") { importer in
            var line = CaptionExchange(path: "/imported.jpg")
            line.enter(samplePhoto("i"), sampleCaption("A cow."), embedding: [1, 2, 2])
            line.model = .init(name: "sample", hash: sampleModel().contentHash)
            line.decoding = .object([:])
            line.createdAt = "2026-01-31T09:30:00.000Z"
            try importer.enter(line)
          }
          try store.close()
        }
      }
      try await group.waitForAll()
    }
    let all = try Store(path: path, for: .read)
    let counts = try all.info().counts
    #expect((counts.images, counts.captions, counts.humanCaptions) == (41, 41, 2))
    #expect((counts.embeddings, counts.files, counts.runs) == (41, 40, 3))
    #expect(try all.check().isDamaged == false)
  }

  @Test func rowsThatCannotBeReadAreNotMerged() throws {
    try second.enter(
      [("/a.jpg", "A dog.")], work: second.work(sampleModel(), options: "{}"))
    try second.write { try $0.execute(sql: "UPDATE captions SET words = '[1]'") }
    do {
      _ = try first.merge(second.path)
      Issue.record("it was merged")
    } catch StoreError.damaged(let path, let reason) {
      #expect(path == second.path)
      #expect(reason.hasPrefix("captions, row 1: “words” is not JSON of its form"))
    }
    #expect(try first.info().counts.captions == 0)
  }

  @Test func whatIsNoOtherStoreIsRefused() throws {
    let other = FilePath(folder.path).appending("other name.sqlite")
    try FileManager.default.linkItem(atPath: first.path.string, toPath: other.string)
    let itself = StoreError.inconsistent(
      path: first.path, reason: "it cannot be merged with itself")
    for path in [first.path, other] { #expect(throws: itself) { try first.merge(path) } }
    // No log is left beside the other name.
    #expect(!FileManager.default.fileExists(atPath: other.string + "-wal"))
    #expect(throws: StoreError.missing(path: "/nowhere/at.all")) {
      try first.merge("/nowhere/at.all")
    }
    try second.write { try $0.execute(sql: "PRAGMA user_version = 7") }
    #expect(throws: StoreError.newer(path: second.path, version: 7, known: 4)) {
      try first.merge(second.path)
    }
  }
}
