import Files
import Foundation
import GRDB
import SystemPackage
import TestSupport
import Testing

@testable import Store

struct SchemaObjectsTests {
  private let folder: TemporaryFolder
  private let path: FilePath

  init() throws {
    folder = try TemporaryFolder()
    path = FilePath(folder.path).appending("captions.sqlite")
  }

  /// A store, and what somebody has done to it with another program.
  private func makeStore(alteredBy sql: String) throws {
    let store = try Store(path: path, for: .create)
    try store.enter([("/a.jpg", "A dog.")], work: store.work(sampleModel(), options: "{}"))
    try store.close()
    let database = try DatabaseQueue(path: path.string)
    try database.writeWithoutTransaction { try $0.execute(sql: sql) }
    try database.close()
  }

  @Test func theFingerprintIsThatOfTheLatestVersion() throws {
    let objects = Array(try Schema.knownObjects(ofVersion: Schema.version))
    let fingerprint = SchemaObject.fingerprint(of: objects)
    #expect(fingerprint == Schema.fingerprint)
  }

  /// Making a store for comparison finds nothing, either.
  @Test(arguments: 1...Schema.version)
  func whatMigrationsMakeIsKnown(version: Int) throws {
    let database = try DatabaseQueue()
    try Schema.migrator.migrate(database, upTo: "\(version)")
    try database.writeWithoutTransaction { try $0.execute(sql: "ANALYZE") }
    let foreign = try database.read { try Schema.foreignObject(in: $0, version: version) }
    #expect(foreign == nil)
  }

  @Test(arguments: [
    (
      """
      CREATE TRIGGER spy AFTER INSERT ON captions BEGIN DELETE FROM files; END
      """, "the trigger “spy”"
    ),
    (
      """
      CREATE TRIGGER images_seen INSTEAD OF INSERT ON seen BEGIN DELETE FROM files; END
      """, nil
    ),
    ("CREATE VIEW seen AS SELECT 1", "the view “seen”"),
    ("CREATE VIRTUAL TABLE others USING fts5(text)", "the table “others”"),
    ("CREATE TABLE others (a, b AS (a || a))", "the table “others”"),
    ("CREATE INDEX texts ON captions (lower(text))", "the index “texts”"),
    ("DROP TABLE files; CREATE VIEW files AS SELECT 1 AS path", "the view “files”"),
    (
      "ALTER TABLE files ADD COLUMN twice INTEGER AS (byte_count * 2)", "the table “files”"
    ),
    (
      """
      DROP TRIGGER captions_human_stay;
      CREATE TRIGGER captions_human_stay BEFORE UPDATE ON captions
        BEGIN DELETE FROM files; END
      """, "the trigger “captions_human_stay”"
    ),
    (
      """
      PRAGMA writable_schema = ON;
      UPDATE sqlite_master SET sql = replace(sql, 'byte_count > 0', 'byte_count > 1')
        WHERE name = 'images'
      """, "the table “images”"
    ),
    ("DROP TRIGGER caption_texts_insert", "a store without its “caption_texts_insert”, and that"),
  ])
  func whatIsNotOursIsRefused(sql: String, object: String?) throws {
    guard let object else {
      #expect(throws: DatabaseError.self) { try makeStore(alteredBy: sql) }
      return
    }
    try makeStore(alteredBy: sql)
    let before = try Data(contentsOf: URL(filePath: path.string))
    for access in [Store.Access.create, .write, .read] {
      #expect(throws: StoreError.altered(path: path, object: object)) {
        try Store(path: path, for: access)
      }
    }
    let other = try Store()
    #expect(throws: StoreError.altered(path: path, object: object)) { try other.merge(path) }
    #expect(try Data(contentsOf: URL(filePath: path.string)) == before)
    #expect(StoreError.altered(path: path, object: object).kind == .badData)
    // What is in its tables is taken out of it.
    let repair = try Store.salvage(path)
    #expect(repair.setAside == 0)
    #expect(repair.damagedFile == FilePath(path.string + ".damaged"))
    let store = try Store(path: path, for: .write)
    #expect(try store.check().isDamaged == false)
    #expect(try store.info().counts.captions == 1)
    if object != "the view “files”" { #expect(try store.info().counts.files == 1) }
    try store.close()
  }

  /// Before there is any table, one on that of the migrations would run first.
  @Test func anUnmadeStoreMayHoldNothingElse() throws {
    let database = try DatabaseQueue(path: path.string)
    try database.writeWithoutTransaction {
      try $0.execute(
        sql: """
          CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
          CREATE TRIGGER spy AFTER INSERT ON grdb_migrations BEGIN SELECT 1; END
          """)
    }
    try database.close()
    #expect(throws: StoreError.altered(path: path, object: "the trigger “spy”")) {
      try Store(path: path, for: .create)
    }
  }

  @Test func statisticsAndLostSpeedAreNoHarm() throws {
    try makeStore(alteredBy: "ANALYZE; DROP INDEX models_name")
    try Store(path: path, for: .write).close()
    try Store(path: path, for: .read).close()
  }

  /// As it was made for a while.
  @Test func anIndexOfEarlierTimesIsKnown() throws {
    try makeStore(
      alteredBy: """
        DROP INDEX images_picture; CREATE UNIQUE INDEX images_picture ON images (picture_hash)
        """)
    try Store(path: path, for: .write).close()
  }

  @Test func commentsAndSpaceDoNotCount() {
    func text(_ sql: String) -> String {
      SchemaObject(type: "table", name: "a", table: "a", sql: sql).sql
    }
    #expect(text("CREATE  TABLE a (\n  -- It's “b” -- or not\n  b) ") == "CREATE TABLE a ( b)")
    #expect(text("CHECK (b <> '--  ') - -1") == "CHECK (b <> '--  ') - -1")
    #expect(text("\"a--\nb\"") == "\"a--\nb\"")
  }
}
