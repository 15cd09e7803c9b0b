import Files
import Foundation
import GRDB
import SystemPackage
import TestSupport
import Testing

@testable import Store

/// Stores whose cells and bits were altered, by seeded chance.
struct DamagedStoreTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> FilePath { FilePath(folder.path).appending(name) }

  private func copy(_ source: FilePath, _ name: String) throws -> FilePath {
    let target = path(name)
    for suffix in ["", "-wal", "-shm", ".set-aside.ndjson", ".damaged"] {
      try? FileManager.default.removeItem(atPath: target.string + suffix)
    }
    try FileManager.default.copyItem(atPath: source.string, toPath: target.string)
    return target
  }

  /// A store with something in every table.
  private func makeFullStore() throws -> FilePath {
    let store = try Store(path: path("full.sqlite"), for: .create)
    let work = try store.work(sampleModel(), options: "{}")
    let other = try store.work(sampleModel("other"), options: #"{"beam":3}"#)
    try store.enter(
      (1...8).map { ("/photos/\($0).jpg", "A dog number \($0) runs.") }, work: work)
    try store.enter([("/photos/1.jpg", "A cat."), ("/photos/9.jpg", "A sad cat.")], work: other)
    try store.note("Rex", about: samplePhoto("/photos/2.jpg"))
    _ = try store.labelCaptions(by: sampleSentimentModel()) { $0.map(sentiment) }
    try store.enter([("given", sentiment("given"))], by: sampleSentimentModel())
    let run = try store.beginRun(
      .batch, request: #"{"folders":["/photos"],"paths":["/photos"]}"#, work: work)
    _ = try store.record(
      [("/photos/bad.jpg", nil, .failed(.noInput, reason: "there is no such file"))], run: run,
      work: work)
    let caption = try store.read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM captions") }
    for (path, kind) in [("/photos/1.txt", WriteKind.text), ("/photos/1.jpg", .embedded)] {
      try store.prepareWrite(
        of: caption, to: FilePath(path), kind,
        after: ContentHash(of: Array("\(path), written".utf8)),
        undo: [1, 2], run: run)
    }
    try store.endRun(run, .finished)
    try store.rememberModel(
      folder: "/models/sample", signature: "1:2", hash: sampleModel().contentHash)
    _ = try store.importDataset(
      DatasetRecord(
        name: "pets", format: "csv", sources: ["/x.csv"],
        items: [
          .init(name: "a", externalID: 1, split: "test", path: "/a", references: ["A dog", "Dog"]),
          .init(name: "b", externalID: nil, split: "train", path: nil, references: ["A cat"]),
        ], problems: [.init(kind: "row", file: "x.csv", place: "line 3", detail: "broken")]))
    let photos = try store.datasetItems(of: "pets", split: "test")
    let evaluation = try store.beginRun(.evaluation, request: "{}", work: work)
    try store.enterEvaluation(
      run: evaluation, dataset: "pets", split: "test", protocolNotes: #"{"a":1}"#,
      scores: ["CIDEr-D": 0.5],
      photos: photos.map { .init(item: $0, candidate: "A dog.", scores: ["CIDEr-D": 1]) })
    try store.endRun(evaluation, .finished)
    try store.write {
      try $0.execute(sql: "INSERT INTO lost_images VALUES (9)")
      try $0.execute(
        sql: """
          UPDATE images SET captured_at = '2021-07-04T18:30:05', camera_make = 'Canon',
            latitude = 1.5, longitude = -2.5 WHERE id = 3
          """)
    }
    _ = try store.forget(["/photos/8.jpg"])
    try store.close()
    return store.path
  }

  /// Reads a store in all ways that there are.
  ///
  /// - Returns: what was refused.
  private func refusals(_ path: FilePath, _ access: Store.Access = .read) -> [String] {
    var refusals: [String] = []
    func attempt(_ name: String, _ work: () throws -> Void) {
      do {
        try work()
      } catch let error as StoreError {
        // Whatever SQLite and GRDB say of it is no sentence.
        #expect(error.kind == .badData, "\(name): \(error)")
        refusals.append("\(name): \(error)")
      } catch {
        Issue.record("\(name): \(error)")
      }
    }
    let store: Store
    do {
      store = try Store(path: path, for: access)
    } catch {
      #expect(error is StoreError)
      return ["open: \(error)"]
    }
    defer { try? store.close() }
    let models = [sampleModel(), sampleModel("other")].map(\.contentHash)
    attempt("list") { _ = try store.photos(in: nil, model: nil, limit: nil, datasets: true) }
    for query in ["dog", "-dog", "\"A cat\"", "sentiment:positive", "dataset:pets"] {
      attempt("search") {
        do {
          _ = try store.search(SearchQuery(query), limit: nil)
        } catch is SearchQueryError {
        } catch StoreError.noDataset {
        }
      }
    }
    attempt("search") { _ = try store.searchFailures(SearchQuery("failed:yes"), limit: nil) }
    attempt("failures") { _ = try store.failures(closed: true, datasets: true) }
    for id in 1...10 as ClosedRange<Int64> {
      let picture = PictureID(number: id)
      attempt("show") { _ = try store.details(of: picture).map(JSONEncoder().encode) }
      attempt("similar") {
        guard let vector = try store.embedding(of: picture, model: models[0]) else { return }
        _ = try JSONEncoder().encode(store.similar(to: vector, model: models[0], limit: 3))
      }
    }
    attempt("stats") { _ = try JSONEncoder().encode(store.statistics(datasets: true)) }
    attempt("stats") { _ = try store.captionsBySentiment() }
    attempt("diff") { _ = try store.differences(models[0], models[1], datasets: true) }
    attempt("models") { _ = try store.models() }
    attempt("info") { _ = try store.info() }
    attempt("runs") { _ = try JSONEncoder().encode(store.runs()) }
    attempt("evaluations") { _ = try JSONEncoder().encode(store.evaluations()) }
    attempt("evaluation") { _ = try store.evaluatedPhotos(of: 1) }
    attempt("datasets") { _ = try store.datasets() }
    attempt("dataset") {
      do {
        _ = try store.dataset(named: "pets")
        _ = try store.datasetItems(of: "pets", split: nil)
        _ = try store.datasetProblems(of: "pets")
      } catch StoreError.noDataset {
      }
    }
    attempt("sentiments") { _ = try JSONEncoder().encode(store.sentiments(limit: nil)) }
    attempt("sentiments") {
      _ = try store.sentiment(of: "given", by: sampleSentimentModel().contentHash)
    }
    attempt("writes") {
      for run in try store.runsWithWrites() {
        for write in try store.writes(of: run.run) { _ = try store.paths(of: write) }
      }
    }
    attempt("missing") { _ = try store.missingPhotos(in: nil) }
    for photo in ["/photos/1.jpg", "/photos/bad.jpg"] {
      attempt("known") {
        let work = Work(modelID: 1, decodingID: 1)
        let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
        _ = try store.known(FilePath(photo), state, work, inAlbum: true)
        _ = try store.caption(of: samplePhoto(photo).identity, work)
        _ = try store.picture(at: FilePath(photo))
      }
    }
    for isEvery in [true, false] {
      attempt("export") {
        var selection = ExportSelection()
        (selection.isEveryCaption, selection.hasEmbeddings) = (isEvery, true)
        selection.hasDatasets = true
        try store.export(selection) { export in
          try export.forEachEntry { entry, _ in _ = try JSONEncoder().encode(entry) }
          try export.forEachPicture { _ in }
        }
      }
    }
    attempt("merge") { _ = try Store().merge(path) }
    return refusals
  }

  /// What writes reads, too; none of it may end the program.
  private func write(_ path: FilePath) {
    func attempt(_ work: () throws -> Void) {
      do { try work() } catch { #expect(error is StoreError, "\(error)") }
    }
    guard let store = try? Store(path: path, for: .write) else { return }
    attempt { _ = try store.bringBack() }
    attempt { _ = try store.forget(["/photos/1.jpg"]) }
    attempt { _ = try store.labelCaptions(by: sampleSentimentModel("new")) { $0.map(sentiment) } }
    attempt {
      let work = try store.work(sampleModel(), options: "{}")
      try store.enter([("/photos/1.jpg", "A horse."), ("/new.jpg", "A cow.")], work: work)
      try store.note("Max", about: samplePhoto("/photos/3.jpg"))
    }
    attempt {
      _ = try store.importing(request: "{}") { importer in
        var line = CaptionExchange(path: "/photos/4.jpg")
        line.enter(samplePhoto("/photos/4.jpg"), sampleCaption("An owl."), embedding: [1, 0, 0])
        line.model = .init(name: "sample", hash: sampleModel().contentHash)
        line.decoding = .object([:])
        do { try importer.enter(line) } catch is ImportError {}
      }
    }
    attempt { try store.backup(to: self.path("backup.sqlite"), replacing: true) }
    attempt { _ = try store.vacuum() }
    try? store.close()
  }

  /// How many mutations each case has; more may be asked for by hand.
  private static let count =
    ProcessInfo.processInfo.environment["CAPTION_MUTATIONS"].flatMap(Int.init) ?? 8

  private static let tables = try? RowCheck().tables

  /// How many rows each table has.
  private func counts(_ path: FilePath) throws -> [String: Int] {
    let database = try DatabaseQueue(path: path.string)
    defer { try? database.close() }
    return try database.read { database in
      try (Self.tables ?? []).reduce(into: [:]) {
        $0[$1.name] = try Int.fetchOne(database, sql: "SELECT count(*) FROM \($1.name) NOT INDEXED")
      }
    }
  }

  @Test func everyTableIsFilledAndSound() throws {
    let store = try makeFullStore()
    let empty = try counts(store).filter { $0.value == 0 }.keys
    #expect(empty.isEmpty)
    #expect(refusals(store).isEmpty)
    let opened = try Store(path: store, for: .read)
    #expect(try opened.check().isDamaged == false)
  }

  private func isDamaged(_ path: FilePath) throws -> Bool {
    do {
      let store = try Store(path: path, for: .read)
      defer { try? store.close() }
      return try store.check().isDamaged
    } catch StoreError.altered {
      return true
    }
  }

  /// References to what is not there, and what else no row is at fault for.
  @Test(arguments: [
    "UPDATE runs SET model_id = 77", "UPDATE dataset_items SET dataset_id = 77",
    "DELETE FROM images WHERE id = 1", "DELETE FROM models", "DELETE FROM decodings",
    "DELETE FROM datasets", "UPDATE images SET content_hash = x'00' WHERE id = 1",
    "INSERT INTO caption_texts (caption_texts, rank) VALUES ('rank', 'nothing(10)')",
    "DROP INDEX captions_human", "DELETE FROM grdb_migrations WHERE identifier = '2'",
    "PRAGMA application_id = 5",
  ])
  func whatIsFoundIsMendedAtOnce(sql: String) throws {
    let path = try makeFullStore()
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let raw = try DatabaseQueue(path: path.string, configuration: configuration)
    try raw.writeWithoutTransaction { database in
      try database.dropTriggers()
      try database.execute(sql: "PRAGMA ignore_check_constraints = ON; \(sql)")
      let triggers = try Schema.knownObjects(ofVersion: Schema.version)
        .filter { $0.type == "trigger" }
      for trigger in triggers { try database.execute(sql: trigger.sql) }
    }
    try raw.close()
    #expect(try isDamaged(path))
    do {
      let store = try Store(path: path, for: .write)
      _ = try store.repair(goneFiles: [])
      try store.close()
    } catch StoreError.altered {
      _ = try Store.salvage(path)
    }
    #expect(try !isDamaged(path))
    #expect(refusals(path).isEmpty)
  }

  @Test func whatIsLeftOfAFileThatWasCutOffIsSaved() throws {
    let path = try makeFullStore()
    let before = try counts(path)
    let size = try #require(FileState(of: path)).byteCount
    #expect(truncate(path.string, off_t(size - 4096)) == 0)
    #expect(throws: StoreError.self) { try Store(path: path, for: .read) }
    let repair = try Store.salvage(path)
    #expect(repair.damagedFile == FilePath(path.string + ".damaged"))
    #expect(try !isDamaged(path))
    #expect(refusals(path).isEmpty)
    #expect(try counts(path)["images"] == before["images"])
  }

  /// Values that stand where they should not.
  private static let junk = [
    "NULL", "-1", "0", "9223372036854775807", "1.5", "9e999", "-9e999", "''", "'x'", "'[['",
    "'[1]'", "'{}'", "'[]'", #"'{"a":"b"}'"#, "'null'", "CAST(x'61FF' AS TEXT)", "'2021'", "x''",
    "x'00'", "x'FF00FF'", "zeroblob(32)", "x'7C007C00'", "'A dog'", "printf('%.*c', 300, '[')",
  ]

  /// A file whose schema lets anything in, and the texts that make it strict again.
  private func loosened(_ path: FilePath) throws -> [(name: String, sql: String)] {
    let database = try DatabaseQueue(path: path.string)
    let tables = try database.writeWithoutTransaction { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT name, sql FROM sqlite_master WHERE sql LIKE '%) STRICT%'")
      try database.execute(
        sql: """
          PRAGMA journal_mode = DELETE; PRAGMA writable_schema = ON;
          UPDATE sqlite_master SET sql = replace(replace(replace(replace(sql,
            ') STRICT, WITHOUT', ') WITHOUT'), ') STRICT', ')'), 'IS NOT NULL', 'NOTNULL'),
            'NOT NULL', '') WHERE sql LIKE '%) STRICT%'
          """)
      return rows.map { (name: $0["name"] as String, sql: $0["sql"] as String) }
    }
    try database.close()
    return tables
  }

  @Test(arguments: 0..<4)
  func alteredCellsAreFoundAndSetAside(part: Int) throws {
    let full = try makeFullStore()
    let loose = try copy(full, "loose.sqlite")
    let schema = try loosened(loose)
    let before = try counts(full)
    let tables = try #require(Self.tables)
    for seed in 0..<Self.count {
      var random = SplitMix(seed: UInt64(1000 * part + seed))
      let table = tables[random.next(tables.count)]
      let column = table.columns[random.next(table.columns.count)].name
      let value = Self.junk[random.next(Self.junk.count)]
      let damaged = try copy(loose, "damaged.sqlite")
      var configuration = Configuration()
      configuration.foreignKeysEnabled = false
      let raw = try DatabaseQueue(path: damaged.string, configuration: configuration)
      let row = random.next(before[table.name] ?? 1)
      let list = table.key.joined(separator: ", ")
      try raw.writeWithoutTransaction { database in
        try database.dropTriggers()
        try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
        do {
          try database.execute(
            sql: """
              UPDATE OR IGNORE \(table.name) SET \(column) = \(value) WHERE (\(list)) IN (
                SELECT \(list) FROM \(table.name) LIMIT 1 OFFSET \(row))
              """)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_MISMATCH {
          // The number of a row can be nothing else.
        }
      }
      try raw.close()
      let strict = try DatabaseQueue(path: damaged.string)
      try strict.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA writable_schema = ON")
        for (name, sql) in schema {
          try database.execute(
            sql: "UPDATE sqlite_master SET sql = ? WHERE name = ?", arguments: [sql, name])
        }
        try database.execute(sql: "PRAGMA writable_schema = OFF")
      }
      try strict.close()
      let triggers = try DatabaseQueue(path: full.string).read {
        try String.fetchAll($0, sql: "SELECT sql FROM sqlite_master WHERE type = 'trigger'")
      }
      let whole = try DatabaseQueue(path: damaged.string)
      try whole.writeWithoutTransaction { for sql in triggers { try $0.execute(sql: sql) } }
      try whole.close()

      let name: Comment =
        "seed \(1000 * part + seed): \(table.name).\(column) = \(value), row \(row)"
      let bytes = try Data(contentsOf: URL(filePath: damaged.string))
      let refused = refusals(damaged)
      let store = try Store(path: damaged, for: .read)
      let check = try store.check()
      try store.close()
      #expect(try Data(contentsOf: URL(filePath: damaged.string)) == bytes, name)
      #expect(refused.isEmpty || check.isDamaged, "\(name): \(refused)")
      #expect(check.structuralFaults.isEmpty || check.rowFaults.isEmpty, name)
      if let refusal = refused.first, !check.rowFaults.isEmpty {
        #expect(refusal.contains("\(table.name), row") || refusal.contains("refers to"), name)
      }
      write(try copy(damaged, "written.sqlite"))
      guard check.isDamaged else { continue }
      let repair: StoreRepair
      if check.structuralFaults.isEmpty {
        let store = try Store(path: damaged, for: .write)
        repair = try store.repair(goneFiles: [])
        try store.close()
      } else {
        repair = try Store.salvage(damaged)
      }
      #expect(refusals(damaged).isEmpty, name)
      let after = try Store(path: damaged, for: .write)
      #expect(try after.check().isDamaged == false, name)
      try after.close()
      let left = try counts(damaged)
      #expect(left.values.reduce(0, +) + repair.setAside == before.values.reduce(0, +), name)
      // Nothing goes but what is wrong and what is nothing without it.
      let parents =
        ["images", "models", "decodings", "runs", "datasets", "dataset_items"]
        + ["evaluations", "sentiment_models", "sentiment_texts", "sentiments", "captions"]
        + ["forgettings"]
      if let file = repair.setAsideFile {
        let lines = try String(contentsOfFile: file.string, encoding: .utf8).split(separator: "\n")
        if !parents.contains(table.name) { #expect(repair.setAside <= 1, "\(name): \(lines)") }
        #expect(lines.count == repair.setAside + repair.mended, name)
        #expect(try lines.allSatisfy { try JSONValue(text: String($0))["row"] != nil }, name)
      }
    }
  }

  @Test(arguments: 0..<4)
  func flippedBitsEndNothingAndWhatCanBeReadIsSaved(part: Int) throws {
    let full = try makeFullStore()
    let size = try Data(contentsOf: URL(filePath: full.string)).count
    for seed in 0..<Self.count {
      var random = SplitMix(seed: UInt64(77_000 + 1000 * part + seed))
      let damaged = try copy(full, "damaged.sqlite")
      var bytes = try Data(contentsOf: URL(filePath: damaged.string))
      // Not in the first page, without which SQLite finds nothing at all, more often than elsewhere.
      for _ in 0...random.next(6) { bytes[random.next(size)] ^= 1 << UInt8(random.next(8)) }
      try bytes.write(to: URL(filePath: damaged.string))
      let name: Comment = "seed \(77_000 + 1000 * part + seed)"
      let refused = refusals(damaged)
      write(try copy(damaged, "written.sqlite"))
      var check: StoreCheck?
      do {
        let store = try Store(path: damaged, for: .read)
        check = try store.check()
        try store.close()
        #expect(refused.isEmpty || check?.isDamaged == true, "\(name): \(refused)")
        guard check?.isDamaged == true else { continue }
      } catch {
        #expect(error is StoreError, name)
      }
      do {
        if let check, check.structuralFaults.isEmpty {
          let store = try Store(path: damaged, for: .write)
          _ = try store.repair(goneFiles: [])
          try store.close()
        } else {
          let repair = try Store.salvage(damaged)
          #expect(FileState(of: try #require(repair.damagedFile)) != nil, name)
        }
      } catch {
        #expect(error is StoreError, name)
        continue
      }
      #expect(refusals(damaged).isEmpty, name)
      let after = try Store(path: damaged, for: .read)
      #expect(try after.check().isDamaged == false, name)
      try after.close()
    }
  }
}

/// Sebastiano Vigna's SplitMix64.
private struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
  }
}
