import Files
import Foundation
import GRDB
import Store
import SystemPackage
import TestSupport
import Testing

struct StoreMaintenanceTests {
  private let folder: TemporaryFolder
  private let store: Store
  private let work: Work

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(path: FilePath(folder.path).appending("captions.sqlite"), for: .create)
    work = try store.work(sampleModel(), options: "{}")
  }

  @Test func tellsWhatItHolds() throws {
    try store.enter([("/a.jpg", "A dog."), ("/b.jpg", "A cat.")], work: work)
    let info = try store.info()
    #expect(info.path == store.path.string)
    #expect(info.version == 4)
    #expect(info.byteCount > 10_000)
    #expect((info.counts.images, info.counts.captions, info.counts.runs) == (2, 2, 1))
    #expect(info.models.map(\.name) == ["sample"])
    #expect(info.models[0].captions == 2)
    #expect(info.sentimentModels == [])
    _ = try store.labelCaptions(by: sampleSentimentModel()) { $0.map(sentiment) }
    try store.enter([("given", sentiment("given"))], by: sampleSentimentModel())
    let labelled = try store.info()
    #expect(labelled.sentimentModels.map(\.name) == ["tones"])
    #expect(labelled.sentimentModels.map(\.texts) == [3])
    #expect(labelled.sentimentModels.map(\.captions) == [2])
    #expect(labelled.counts.sentiments == 3)
    // They are no captioners.
    #expect(labelled.models.map(\.name) == ["sample"])
    #expect(try store.models().map(\.name) == ["sample"])
  }

  @Test func findsFilesThatHaveGoneAndForgetsThem() throws {
    let photo = folder.path + "/there.jpg"
    try Data("x".utf8).write(to: URL(filePath: photo))
    let gone = folder.path + "/gone.jpg"
    try store.enter(
      [(photo, "A dog."), (gone, "A cat."), ("/nowhere/b.jpg", "A cow.")], work: work)
    var check = try store.check()
    #expect(!check.isDamaged)
    #expect(check.goneFiles == [FilePath(gone)])
    // Perhaps on a disk that is not connected.
    #expect(check.notConnectedFiles == 1)
    #expect(check.picturesWithoutFiles == 0)
    #expect(try store.repair(goneFiles: check.goneFiles).forgottenFiles == 1)
    check = try store.check()
    #expect(check.goneFiles == [])
    #expect(check.notConnectedFiles == 1)
    #expect(check.picturesWithoutFiles == 1)
    #expect(try store.info().counts.captions == 3)
  }

  @Test func findsAnIndexThatContradictsTheCaptionsAndMakesItAnew() throws {
    try store.enter([("/a.jpg", "A dog.")], work: work)
    try store.write {
      try $0.execute(
        sql: """
          INSERT INTO caption_texts (caption_texts, rowid, text) VALUES ('delete', 1, 'A dog.')
          """)
    }
    let check = try store.check()
    #expect(check.indexFault != nil)
    #expect(check.isDamaged)
    #expect(try store.repair(goneFiles: []).setAside == 0)
    #expect(try store.check().isDamaged == false)
  }

  @Test func findsRowsThatReferToNothing() throws {
    try store.enter([("/a.jpg", "A dog.")], work: work)
    let other = try DatabaseQueue(
      path: store.path.string,
      configuration: {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        return configuration
      }())
    try other.write { try $0.execute(sql: "UPDATE captions SET model_id = 99") }
    try other.close()
    let faults = try store.check().faults
    #expect(faults == ["captions, row 1: it refers to a row of models that is not there"])
  }

  @Test func findsDamage() throws {
    try store.enter((0..<2000).map { ("/\($0).jpg", "A dog number \($0).") }, work: work)
    try store.close()
    let file = try FileHandle(forUpdating: URL(filePath: store.path.string))
    // Somewhere among the pages of captions, whose headers are made senseless.
    let size = try file.seekToEnd()
    for page in stride(from: size / 2 / 4096 * 4096, to: size - 8192, by: 4096) {
      try file.seek(toOffset: page)
      try file.write(contentsOf: Data(repeating: 0xA5, count: 64))
    }
    try file.close()
    let again = try Store(path: store.path, for: .read)
    let isDamaged: Bool
    do {
      isDamaged = try again.check().isDamaged
    } catch StoreError.damaged {
      isDamaged = true
    }
    #expect(isDamaged)
    try again.close()
    let repair = try Store.salvage(store.path)
    #expect(!repair.incompleteTables.isEmpty)
    let saved = try Store(path: store.path, for: .write)
    #expect(try saved.check().isDamaged == false)
    #expect(try (1..<2000).contains(saved.info().counts.images))
    try saved.close()
  }

  /// What hangs on a picture, a model or a run is worth more than what they tell.
  @Test func rowsOnWhichOthersHangAreMended() throws {
    try store.enter([("/a.jpg", "A dog.")], work: work)
    try store.note("Rex", about: samplePhoto("/a.jpg"))
    try store.write {
      try $0.execute(
        sql: """
          PRAGMA ignore_check_constraints = ON;
          UPDATE images SET width = -5; UPDATE models SET configuration = '{';
          UPDATE decodings SET options = '['; UPDATE runs SET request = 'x';
          PRAGMA ignore_check_constraints = OFF;
          """)
    }
    #expect(try store.check().rowFaults.count == 4)
    let repair = try store.repair(goneFiles: [])
    #expect((repair.setAside, repair.mended) == (0, 4))
    #expect(try store.check().isDamaged == false)
    let counts = try store.info().counts
    #expect((counts.captions, counts.humanCaptions, counts.embeddings) == (1, 1, 1))
    let details = try store.details(of: samplePicture("/a.jpg", in: store))
    #expect(details?.width == 1 && details?.height == 480)
  }

  /// As where a disk has lost it: all that stands elsewhere is saved.
  @Test func aTableWithoutItsFirstPageCostsNoOther() throws {
    try store.enter([("/a.jpg", "A dog."), ("/b.jpg", "A cat.")], work: work)
    let root = try store.read {
      try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_master WHERE name = 'captions'")
    }
    try store.close()
    let file = try FileHandle(forUpdating: URL(filePath: store.path.string))
    try file.seek(toOffset: UInt64(4096 * (try #require(root) - 1)))
    try file.write(contentsOf: Data(repeating: 0xA5, count: 64))
    try file.close()
    let repair = try Store.salvage(store.path)
    #expect(repair.incompleteTables == ["captions"])
    let saved = try Store(path: store.path, for: .write)
    #expect(try saved.check().isDamaged == false)
    let counts = try saved.info().counts
    #expect((counts.images, counts.files, counts.embeddings, counts.captions) == (2, 2, 2, 0))
    try saved.close()
  }

  @Test func vacuumGivesSpaceBack() throws {
    try store.enter((0..<3000).map { ("/\($0).jpg", "A dog.") }, work: work)
    try store.write { try $0.execute(sql: "DELETE FROM images WHERE id > 10") }
    let (before, after) = try store.vacuum()
    #expect(after < before / 2)
    #expect(try store.check().isDamaged == false)
    #expect(try store.info().counts.captions == 10)
  }

  @Test func aBackupIsTheWholeStoreInOneFile() throws {
    try store.enter([("/a.jpg", "A dog.")], work: work)
    let target = FilePath(folder.path).appending("copy.sqlite")
    try store.backup(to: target, replacing: false)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.filter { !$0.hasPrefix("captions.sqlite") } == ["copy.sqlite"])
    #expect(throws: StoreError.exists(path: target)) {
      try store.backup(to: target, replacing: false)
    }
    // What a crashed program may have left beside an earlier copy.
    try Data("stale".utf8).write(to: URL(filePath: target.string + "-wal"))
    try store.enter([("/b.jpg", "A cat.")], work: work)
    try store.backup(to: target, replacing: true)
    let copy = try Store(path: target, for: .write)
    #expect(try copy.info().counts == store.info().counts)
    #expect(try copy.check().isDamaged == false)
    try copy.close()
  }

  @Test func aBackupNeverHarmsTheStore() throws {
    try store.enter([("/a.jpg", "A dog.")], work: work)
    let link = folder.path + "/link.sqlite"
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: store.path.string)
    for target in [store.path, FilePath(link)] {
      #expect(throws: StoreError.self) { try store.backup(to: target, replacing: true) }
    }
    #expect(throws: StoreError.self) {
      try store.backup(to: "/nowhere/copy.sqlite", replacing: false)
    }
    #expect(try store.check().isDamaged == false)
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(
      throws: StoreError.unreadable(path: FilePath(pipe), reason: "it is a pipe, not a file")
    ) {
      try store.backup(to: FilePath(pipe), replacing: true)
    }
    #expect(FileEntry(at: FilePath(pipe)) == .pipe)
  }
}
