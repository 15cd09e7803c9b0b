import Files
import Foundation
import GRDB
import SystemPackage
import TestSupport
import Testing

@testable import Store

struct StoreTests {
  private let folder: TemporaryFolder
  private var path: FilePath { FilePath(folder.path).appending("deep/er/captions.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  @Test func isMadeWithItsFolderAndOpenedAgain() throws {
    let store = try Store(path: path, for: .create)
    try store.enter([("/a.jpg", "A dog runs.")], work: store.work(sampleModel(), options: "{}"))
    try store.close()
    // One file holds everything, so that it may be copied.
    let files = try FileManager.default.contentsOfDirectory(
      atPath: path.removingLastComponent().string)
    #expect(files == ["captions.sqlite"])
    for access in [Store.Access.create, .write, .read] {
      let again = try Store(path: path, for: access)
      let work = try #require(
        try again.existingWork(sampleModel().contentHash, options: "{}"))
      let caption = try again.caption(of: samplePhoto("/a.jpg").identity, work)
      #expect(caption?.caption == sampleCaption("A dog runs."))
      try again.close()
    }
  }

  @Test func saysThatItIsAStoreAndOfWhichVersion() throws {
    try Store(path: path, for: .create).close()
    let database = try DatabaseQueue(path: path.string)
    func pragma(_ name: String) throws -> String? {
      try database.read { try String.fetchOne($0, sql: "PRAGMA \(name)") }
    }
    #expect(try pragma("application_id") == "\(0x6361_7074)")
    #expect(try pragma("user_version") == "4")
    #expect(try pragma("journal_mode") == "wal")
  }

  /// A store of version 1, made by the program of that time with `caption store import` of three
  /// photos, two of them with the same caption, and a note; then `sqlite3 version-1.sqlite "PRAGMA
  /// journal_mode=DELETE; PRAGMA page_size=512; VACUUM"`.
  private func earlierStore(version: Int = 1) throws -> FilePath {
    let path = FilePath(folder.path).appending("earlier.sqlite")
    try FileManager.default.copyItem(
      at: projectFolder.appending(path: "data/references/store/version-\(version).sqlite"),
      to: URL(filePath: path.string))
    return path
  }

  @Test(arguments: [Store.Access.create, .write, .read])
  func anEarlierVersionIsBroughtUpToDate(access: Store.Access) throws {
    let path = try earlierStore()
    let store = try Store(path: path, for: access)
    #expect(try store.info().version == 4)
    #expect(try store.search(SearchQuery("dog"), limit: nil).count == 2)
    #expect(throws: SearchQueryError.nothingLabelled) {
      try store.search(SearchQuery("sentiment:positive"), limit: nil)
    }
    try store.close()
    let again = try Store(path: path, for: .write)
    #expect(
      try again.labelCaptions(by: sampleSentimentModel()) { texts in texts.map(sentiment) }
        == LabellingCounts(captions: 4, texts: 3))
    #expect(
      try again.search(SearchQuery("sentiment:negative"), limit: nil).map(\.path)
        == ["/photos/3.jpg"])
    #expect(try again.check().isDamaged == false)
  }

  /// A store of version 2, made by the program of that time with `caption batch album
  /// dataset/3.png; caption dataset import stripes --format csv dataset/list.csv; caption evaluate
  /// --dataset stripes; caption note dataset/2.png "My own stripe"; caption evaluate --dataset stripes
  /// --beam 1`; then the paths were cut down by SQL, and VACUUM.
  @Test func whatOnlyEvaluationsEnteredIsSetApartFromAnEarlierAlbum() throws {
    let store = try Store(path: earlierStore(version: 2), for: .write)
    let album: [FilePath] = ["/album/4.png", "/dataset/2.png", "/dataset/3.png"]
    let all = album + ["/dataset/1.png"]
    #expect(Set(try store.photos(in: nil, model: nil, limit: nil).map(\.path)) == Set(album))
    #expect(
      Set(try store.photos(in: nil, model: nil, limit: nil, datasets: true).map(\.path))
        == Set(all))
    #expect(try store.search(SearchQuery("stripe"), limit: nil).map(\.path) == ["/dataset/2.png"])
    #expect(try store.evaluations().map(\.number) == [2, 1])
    #expect(try store.evaluations().map(\.storeRun) == [3, 2])
    #expect(try store.evaluation(ofStoreRun: 3) == 2)
    #expect(try store.evaluatedPhotos(of: 1).count == 3)
    #expect(try store.check().isDamaged == false)
  }

  /// As after a kill between two transactions of the making.
  @Test(arguments: ["", "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)"])
  func aStoreWhoseMakingWasCutShortIsMade(sql: String) throws {
    for access in [Store.Access.create, .write, .read] {
      let path = FilePath(folder.path).appending("\(access).sqlite")
      let database = try DatabaseQueue(path: path.string)
      try database.writeWithoutTransaction {
        try $0.execute(sql: "PRAGMA journal_mode = WAL; \(sql)")
      }
      try database.close()
      let store = try Store(path: path, for: access)
      #expect(try store.info().version == 4)
      try store.close()
    }
  }

  @Test func anEarlierVersionIsNotMergedBeforeItIsBroughtUpToDate() throws {
    let path = try earlierStore()
    let before = try Data(contentsOf: URL(filePath: path.string))
    let store = try Store()
    #expect(throws: StoreError.older(path: path, version: 1, known: 4)) { try store.merge(path) }
    #expect(try Data(contentsOf: URL(filePath: path.string)) == before)
  }

  @Test func aMissingStoreIsNotMadeForReading() {
    for access in [Store.Access.read, .write] {
      #expect(throws: StoreError.missing(path: path)) { try Store(path: path, for: access) }
    }
    #expect(!FileManager.default.fileExists(atPath: path.string))
  }

  @Test func aLaterVersionIsRefusedAndNotTouched() throws {
    try Store(path: path, for: .create).close()
    let database = try DatabaseQueue(path: path.string)
    try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 7") }
    try database.close()
    let before = try Data(contentsOf: URL(filePath: path.string))
    for access in [Store.Access.create, .write, .read] {
      #expect(throws: StoreError.newer(path: path, version: 7, known: 4)) {
        try Store(path: path, for: access)
      }
    }
    #expect(try Data(contentsOf: URL(filePath: path.string)) == before)
  }

  @Test(arguments: ["text", "database", "folder"])
  func whatIsNoStoreIsRefusedAndNotTouched(kind: String) throws {
    let path = FilePath(folder.path).appending("other")
    switch kind {
    case "text": try Data("Dear diary".utf8).write(to: URL(filePath: path.string))
    case "database":
      let database = try DatabaseQueue(path: path.string)
      try database.write { try $0.execute(sql: "CREATE TABLE diary (day TEXT)") }
      try database.close()
    default:
      try FileManager.default.createDirectory(
        atPath: path.string, withIntermediateDirectories: false)
    }
    let before = FileState(of: path)
    for access in [Store.Access.create, .write, .read] {
      #expect {
        try Store(path: path, for: access)
      } throws: { error in
        switch error as? StoreError {
        case .foreign: kind != "folder"
        case .unreadable: kind == "folder"
        default: false
        }
      }
    }
    #expect(FileState(of: path) == before)
  }

  @Test func isReadOnADiskThatCannotBeWritten() throws {
    let store = try Store(path: path, for: .create)
    try store.enter([("/a.jpg", "A dog runs.")], work: store.work(sampleModel(), options: "{}"))
    try store.close()
    // Root may write everywhere, so this tests something for other users only.
    let folder = path.removingLastComponent().string
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder)
    defer {
      try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
    }
    let again = try Store(path: path, for: .read)
    #expect(try again.existingWork(sampleModel().contentHash, options: "{}") != nil)
    #expect(throws: (any Error).self) { try again.beginRun(.batch, request: "{}", work: nil) }
  }

  @Test func manyProgramsMakeOneStore() async throws {
    let path = path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<8 {
        group.addTask {
          let store = try Store(path: path, for: .create)
          let work = try store.work(sampleModel(), options: "{}")
          for photo in 0..<10 {
            try store.enter([("/\(index)-\(photo).jpg", "A dog.")], work: work)
          }
          try store.close()
        }
      }
      try await group.waitForAll()
    }
    let store = try Store(path: path, for: .read)
    let count = try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM captions") }
    #expect(count == 80)
  }

  @Test func standsWhereTheUserWants() {
    func path(_ environment: [String: String]) -> String {
      Store.defaultPath(environment: environment).string
    }
    #expect(path(["HOME": "/home/me"]) == "/home/me/.local/share/caption/caption.sqlite")
    #expect(
      path(["HOME": "/home/me", "XDG_DATA_HOME": "/data"]) == "/data/caption/caption.sqlite")
    #expect(
      path(["HOME": "/home/me", "XDG_DATA_HOME": "relative"])
        == "/home/me/.local/share/caption/caption.sqlite")
    #expect(path(["HOME": "/home/me", "CAPTION_STORE": "here.sqlite"]) == "here.sqlite")
  }
}
