import Files
import Foundation
import GRDB
import SystemPackage
import TestSupport
import Testing

@testable import Store

/// What is read of a store that has a log beside it, as a writer leaves it that was ended.
struct StoreCopyTests {
  private let folder: TemporaryFolder
  private let path: FilePath

  init() throws {
    folder = try TemporaryFolder()
    path = FilePath(folder.path).appending("captions.sqlite")
  }

  /// Makes a store of two captions, the second of which is in the log only.
  private func makeStoreWithLog(journal: Bool = false) throws {
    let made = path.removingLastComponent().appending("made.sqlite")
    let store = try Store(path: made, for: .create)
    let work = try store.work(sampleModel(), options: "{}")
    try store.enter([("/a.jpg", "A dog.")], work: work)
    try store.close()
    let writer = try DatabaseQueue(path: made.string)
    try writer.writeWithoutTransaction { database in
      if journal {
        try database.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA cache_spill = 1")
        try database.execute(sql: "PRAGMA cache_size = 1; BEGIN IMMEDIATE")
        try database.execute(
          sql: """
            UPDATE captions SET text = 'A zebra.', words = '["' || hex(zeroblob(200000)) || '"]'
            """)
      } else {
        try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        try database.execute(
          sql: """
            INSERT INTO captions (image_id, origin, text, created_at, source)
            VALUES (1, 'human', 'A zebra.', '2026-01-01T00:00:00.000Z', 'note')
            """)
      }
      // As after a kill: the files lie there as they are.
      for suffix in ["", "-wal", "-journal"]
      where FileState(of: FilePath(made.string + suffix)) != nil {
        try FileManager.default.copyItem(
          atPath: made.string + suffix, toPath: path.string + suffix)
      }
      if journal { try database.execute(sql: "ROLLBACK") }
    }
    try writer.close()
  }

  private func texts(_ path: FilePath) throws -> [String] {
    let queue = try DatabaseQueue(path: Store.uri(path, "immutable=1"))
    return try queue.read {
      try String.fetchAll($0, sql: "SELECT text FROM captions NOT INDEXED ORDER BY id")
    }
  }

  @Test func theLogIsFoldedIntoTheCopy() throws {
    try makeStoreWithLog()
    #expect(try texts(path) == ["A dog."])
    #expect(StoreCopy.isNeeded(for: path))
    let before = try Data(contentsOf: URL(filePath: path.string))
    let copy = try StoreCopy(of: path)
    #expect(try texts(copy.path) == ["A dog.", "A zebra."])
    let place = copy.path.removingLastComponent().string
    #expect(try FileManager.default.contentsOfDirectory(atPath: place) == ["store.sqlite"])
    copy.remove()
    #expect(!FileManager.default.fileExists(atPath: place))
    #expect(try Data(contentsOf: URL(filePath: path.string)) == before)
    #expect(StoreCopy.isNeeded(for: path))
  }

  @Test func whatWasNotDoneIsTakenBackInTheCopy() throws {
    try makeStoreWithLog(journal: true)
    #expect(StoreCopy.isNeeded(for: path))
    let copy = try StoreCopy(of: path)
    #expect(try texts(copy.path) == ["A dog."])
  }

  @Test func theNextWriterTakesBackWhatWasNotDone() throws {
    try makeStoreWithLog(journal: true)
    try Store(path: path, for: .write).close()
    #expect(try texts(path) == ["A dog."])
    #expect(!StoreCopy.isNeeded(for: path))
  }

  @Test func aLinkLeadsToTheStoreAndItsLog() throws {
    try makeStoreWithLog()
    let folder = path.removingLastComponent().appending("elsewhere")
    try FileManager.default.createDirectory(
      atPath: folder.string, withIntermediateDirectories: false)
    let link = folder.appending("link.sqlite")
    try FileManager.default.createSymbolicLink(
      atPath: link.string, withDestinationPath: path.string)
    let store = try Store(path: link, for: .read)
    #expect(store.path.lastComponent == path.lastComponent)
    #expect(try store.search(SearchQuery("zebra"), limit: nil).count == 1)
    try store.close()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.string) == ["link.sqlite"])
  }

  @Test func theLogOfAnotherFileIsRefused() throws {
    try makeStoreWithLog()
    let other = path.removingLastComponent().appending("other.sqlite")
    let store = try Store(path: other, for: .create)
    for number in 0..<200 {
      try store.enter(
        [("/\(number).jpg", "A dog.")], work: store.work(sampleModel(), options: "{}"))
    }
    try store.close()
    try FileManager.default.moveItem(atPath: path.string + "-wal", toPath: other.string + "-wal")
    do {
      _ = try StoreCopy(of: other)
      Issue.record("a store with another's log was copied")
    } catch StoreError.damaged(let path, _) {
      #expect(path == other)
    }
  }

  @Test func aStoreWithoutALogNeedsNoCopy() throws {
    let store = try Store(path: path, for: .create)
    try store.close()
    #expect(!StoreCopy.isNeeded(for: path))
    try Data().write(to: URL(filePath: path.string + "-wal"))
    #expect(!StoreCopy.isNeeded(for: path))
  }
}
