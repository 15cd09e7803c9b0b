package import Files
internal import Foundation
internal import GRDB
package import SystemPackage

/// Where a caption is written.
package enum WriteKind: String, Sendable {
  case text = "txt"
  case json
  case xmp
  case embedded
}

/// A change that a run made beside a photo or in it.
package struct PhotoWrite: Equatable, Sendable {
  package let id: Int64
  /// The file that was written.
  package let path: FilePath
  package let kind: WriteKind
  /// How to take it back, as it was given.
  package let undo: [UInt8]
  /// Of the bytes that were written.
  package let after: ContentHash
  /// Whether a caption was written that is still in the store, and not taken out.
  package let hasCaption: Bool
}

/// The changes of a run that can be taken back.
package struct RunWrites: Equatable, Sendable, Codable {
  package let run: Int64
  package let startedAt: String
  /// How many there are.
  package let count: Int

  enum CodingKeys: String, CodingKey {
    case run, count
    case startedAt = "started_at"
  }
}

extension Store {
  /// Enters a change that is about to be made, so that it can be taken back whatever happens.
  ///
  /// - Parameters:
  ///   - caption: that is written; nil where one is taken out.
  ///   - after: of all bytes that the file will have. The picture of the caption, or else of the
  ///     file, will be known by it where the change is in the photo itself.
  ///   - undo: how to take the change back.
  /// - Throws: `StoreError`.
  package func prepareWrite(
    of caption: Int64?, to path: FilePath, _ kind: WriteKind, after: ContentHash, undo: [UInt8],
    run: Int64
  ) throws {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO photo_writes (run_id, caption_id, path, kind, undo, after_hash, written_at)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          run, caption, path.absolute.data, kind.rawValue, Data(undo), after.data,
          Timestamp.now.text,
        ])
      guard kind == .embedded, try database.imageID(of: after) == nil else { return }
      let image = try Int64.fetchOne(
        database,
        sql: """
          SELECT image_id FROM captions WHERE id = ?1
          UNION ALL SELECT image_id FROM files WHERE ?1 IS NULL AND path = ?2
          """, arguments: [caption, path.absolute.data])
      if let image { try database.enterVersion(after, of: image) }
    }
  }

  /// Enters that a known photo's file has other bytes now, of the same picture.
  ///
  /// - Throws: `StoreError`.
  package func fileChanged(_ path: FilePath, to state: FileState) throws {
    try write { database in
      try database.execute(
        sql: "UPDATE files SET byte_count = ?, modified_nanoseconds = ? WHERE path = ?",
        arguments: [state.byteCount, state.modifiedNanoseconds, path.absolute.data])
    }
  }

  /// Whether a run wrote the bytes with that hash, wherever.
  ///
  /// - Throws: `StoreError`.
  package func isWritten(_ content: ContentHash, by run: Int64) throws -> Bool {
    try read {
      try $0.exists(
        "SELECT 1 FROM photo_writes WHERE run_id = ? AND after_hash = ? AND undone_at IS NULL",
        [run, content.data])
    }
  }

  /// Whether the bytes with that hash are what was last written to the path.
  ///
  /// - Parameter origin: whose words they must be; nil for anybody's.
  /// - Throws: `StoreError`.
  package func wroteLast(
    _ content: ContentHash, to path: FilePath, origin: CaptionOrigin? = nil
  ) throws -> Bool {
    try read { database in
      let last = try Row.fetchOne(
        database,
        sql: """
          SELECT after_hash, coalesce(origin, 'machine') AS origin
          FROM photo_writes AS w LEFT JOIN captions AS c ON c.id = caption_id
          WHERE path = ? AND undone_at IS NULL ORDER BY w.id DESC LIMIT 1
          """, arguments: [path.absolute.data])
      guard let last, try last.value("after_hash") == content.data else { return false }
      guard let origin else { return true }
      return try last.choice("origin") == origin
    }
  }

  /// Whether the file of a change was written again later, by a change that stands.
  ///
  /// - Throws: `StoreError`.
  package func isWrittenAgain(after write: PhotoWrite) throws -> Bool {
    try read {
      try $0.exists(
        "SELECT 1 FROM photo_writes WHERE path = ? AND id > ? AND undone_at IS NULL",
        [write.path.data, write.id])
    }
  }

  /// The runs whose changes can be taken back, the latest first.
  ///
  /// - Throws: `StoreError`.
  package func runsWithWrites() throws -> [RunWrites] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT run_id, started_at, count(*) AS count
          FROM photo_writes JOIN runs ON runs.id = run_id
          WHERE undone_at IS NULL GROUP BY run_id ORDER BY run_id DESC
          """
      ).map {
        RunWrites(
          run: try $0.value("run_id"), startedAt: try $0.value("started_at"),
          count: try $0.value("count"))
      }
    }
  }

  /// The changes of a run that were not taken back, the latest first.
  ///
  /// - Throws: `StoreError`.
  package func writes(of run: Int64) throws -> [PhotoWrite] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT id, path, kind, undo, after_hash, caption_id FROM photo_writes
          WHERE run_id = ? AND undone_at IS NULL
          ORDER BY id DESC
          """, arguments: [run]
      ).map { row in
        let undo: Data = try row.value("undo")
        let caption: Int64? = try row.value("caption_id")
        return PhotoWrite(
          id: try row.value("id"), path: try row.path("path"), kind: try row.choice("kind"),
          undo: Array(undo), after: try row.hash("after_hash"), hasCaption: caption != nil)
      }
    }
  }

  /// All files that were ever written, each once.
  ///
  /// - Throws: `StoreError`.
  package func writtenPaths() throws -> [FilePath] {
    try read { database in
      try Data.fetchAll(database, sql: "SELECT DISTINCT path FROM photo_writes").map(
        FilePath.init(data:))
    }
  }

  /// Where the picture is that a change was made for, as far as it was seen.
  ///
  /// - Throws: `StoreError`.
  package func paths(of write: PhotoWrite) throws -> [FilePath] {
    try read { database in
      try Data.fetchAll(
        database,
        sql: """
          SELECT files.path FROM photo_writes JOIN captions ON captions.id = caption_id
          JOIN files ON files.image_id = captions.image_id
          WHERE photo_writes.id = ? ORDER BY seen_at DESC, files.path
          """, arguments: [write.id]
      ).map(FilePath.init(data:))
    }
  }

  /// Enters that a change was taken back.
  ///
  /// - Throws: `StoreError`.
  package func undone(_ write: PhotoWrite) throws {
    try self.write { database in
      try database.execute(
        sql: "UPDATE photo_writes SET undone_at = ? WHERE id = ?",
        arguments: [Timestamp.now.text, write.id])
    }
  }
}
