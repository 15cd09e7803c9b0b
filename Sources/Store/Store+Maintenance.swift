package import Files
internal import Foundation
internal import GRDB
package import SystemPackage

/// What a store is and holds.
package struct StoreInfo: Equatable, Sendable, Encodable {
  package struct Model: Equatable, Sendable, Encodable {
    package let name: String
    package let hash: ContentHash
    package let captions: Int
    package let embeddings: Int
  }

  package struct SentimentModel: Equatable, Sendable, Encodable {
    package let name: String
    package let hash: ContentHash
    /// Of which it has told the sentiment.
    package let texts: Int
    /// That have their label by it.
    package let captions: Int
  }

  package let path: String
  /// Of all files that SQLite keeps the store in.
  package let byteCount: Int
  /// Of the store's form.
  package let version: Int
  package let counts: StoreCounts
  package let models: [Model]
  package let sentimentModels: [SentimentModel]

  enum CodingKeys: String, CodingKey {
    case path, version, counts, models
    case byteCount = "byte_count"
    case sentimentModels = "sentiment_models"
  }
}

extension Store {
  /// - Throws: `StoreError`.
  package func info() throws -> StoreInfo {
    try read { database in
      let models = try Row.fetchAll(
        database,
        sql: """
          SELECT name, content_hash,
            (SELECT count(*) FROM captions WHERE model_id = models.id) AS captions,
            (SELECT count(*) FROM embeddings WHERE model_id = models.id) AS embeddings
          FROM models ORDER BY name, id
          """)
      let sentimentModels = try Row.fetchAll(
        database,
        sql: """
          SELECT name, content_hash,
            (SELECT count(*) FROM sentiments WHERE model_id = m.id) AS texts,
            (SELECT count(*) FROM caption_sentiments WHERE model_id = m.id) AS captions
          FROM sentiment_models AS m ORDER BY name, id
          """)
      return StoreInfo(
        path: path.string, byteCount: byteCount,
        version: try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
        counts: try database.counts(),
        models: try models.map { row in
          StoreInfo.Model(
            name: try row.value("name"), hash: try row.hash("content_hash"),
            captions: try row.value("captions"), embeddings: try row.value("embeddings"))
        },
        sentimentModels: try sentimentModels.map { row in
          StoreInfo.SentimentModel(
            name: try row.value("name"), hash: try row.hash("content_hash"),
            texts: try row.value("texts"), captions: try row.value("captions"))
        })
    }
  }

  /// The size of the store with the files that SQLite keeps beside it.
  private var byteCount: Int {
    ["", "-wal"].reduce(0) {
      $0 + (FileState(of: FilePath(path.string + $1))?.byteCount ?? 0)
    }
  }

  /// Gives space that is not needed any more back to the disk, and speeds searching up.
  ///
  /// - Returns: bytes before and after.
  /// - Throws: `StoreError`.
  package func vacuum() throws -> (before: Int, after: Int) {
    try StoreError.translating(path) {
      let before = byteCount
      try database.writeWithoutTransaction { database in
        try database.purgeForgotten()
        try database.execute(sql: "INSERT INTO caption_texts (caption_texts) VALUES ('optimize')")
        try database.execute(sql: "VACUUM; ANALYZE")
        // Nothing breaks where readers keep the log from being emptied.
        _ = try? Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      }
      return (before, byteCount)
    }
  }

  /// Writes a copy of the store as it is now, whoever may be writing meanwhile: all of it, or
  /// nothing.
  ///
  /// - Parameter replacing: whether a file that is there gives way.
  /// - Throws: `StoreError`.
  package func backup(to target: FilePath, replacing: Bool) throws {
    let target = target.absolute
    guard target.lastComponent != nil, String(validating: target) != nil else {
      throw StoreError.unreadable(path: target, reason: "a store cannot be called so")
    }
    guard !isSameFile(target) else {
      throw StoreError.inconsistent(path: path, reason: "it cannot be its own backup")
    }
    if let entry = FileEntry(at: target), entry != .file {
      throw StoreError.unreadable(path: target, reason: "it is \(entry.name), not a file")
    }
    let exists = StoreError.exists(path: target)
    guard replacing || FileEntry(at: target, followingLinks: false) == nil else { throw exists }
    try StoreError.translating(target) {
      let partial = try TemporaryFile(for: target, permissions: .ownerReadWrite)
      let copy = try DatabaseQueue(
        path: partial.path.string, configuration: Self.configurationWithoutLog)
      try database.backup(to: copy)
      // Without a log of its own: one file is all that has to be kept.
      try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
      try copy.close()
      // The log of what was there must not be taken for that of the copy.
      if replacing { for suffix in ["-wal", "-shm"] { unlink(target.string + suffix) } }
      do {
        try partial.takePlace(mayReplace: replacing)
      } catch let error as FileFailure where error.number == EEXIST {
        throw exists
      }
    }
  }
}
