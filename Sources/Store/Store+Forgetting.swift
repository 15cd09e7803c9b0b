internal import Files
internal import Foundation
internal import GRDB
package import SystemPackage

/// Photos that the store knows and whose files are not there.
package struct MissingPhotos: Equatable, Sendable {
  /// Photos on a disk that is not connected, as far as can be told.
  package struct NotConnected: Equatable, Sendable {
    /// Of which nothing is there.
    package let folder: FilePath
    package let count: Int
  }

  package internal(set) var gone: [FilePath] = []
  /// In the order of the folders.
  package internal(set) var notConnected: [NotConnected] = []
}

extension Store {
  /// For how many days what was forgotten can be brought back.
  package static let daysToBringBack = 30

  /// The photos in a folder, and in the folders in it, that the store knows or that could not be
  /// captioned.
  ///
  /// - Parameter folder: nil for all.
  /// - Throws: `StoreError`.
  package func knownPhotos(in folder: FilePath?) throws -> [FilePath] {
    try read { try $0.knownPhotos(in: folder) }
  }

  /// Those of the photos in a folder, and in the folders in it, whose files are not there.
  ///
  /// - Parameter folder: nil for all.
  /// - Throws: `StoreError`.
  package func missingPhotos(in folder: FilePath?) throws -> MissingPhotos {
    try read { database in
      var missing = MissingPhotos()
      var counts: [FilePath: Int] = [:]
      var presence = try FilePresence(database)
      // A folder that was asked for while it was away is no photo.
      let roots = try database.batchFolders()
      for path in try database.knownPhotos(in: folder) where !roots.contains(path) {
        switch try presence.presence(of: path) {
        case .here: break
        case .gone: missing.gone.append(path)
        case .notConnected(let folder): counts[folder, default: 0] += 1
        }
      }
      missing.notConnected = counts.map { .init(folder: $0.key, count: $0.value) }
        .sorted { $0.folder.string < $1.folder.string }
      return missing
    }
  }

  /// Removes files from the store and, with its last file, a picture and its captions. Nothing on
  /// the disk is touched. `bringBack` takes it back, as does captioning the photo again.
  ///
  /// - Parameters:
  ///   - photos: their paths; those that are not in the store count for nothing.
  ///   - missing: whether for no other reason than that they have gone. Then those that are there
  ///     stay, and so does what people wrote about the others, for good: should the same picture
  ///     come back, it has its notes.
  /// - Returns: the paths that were removed.
  /// - Throws: `StoreError`.
  package func forget(_ photos: [FilePath], missing: Bool = false) throws -> [FilePath] {
    try write { database in
      try database.purgeForgotten()
      let now = Timestamp.now.text
      try database.enter(
        ForgettingRow(forgottenAt: now, isMissing: missing), onConflict: ForgettingRow.refused)
      let forgetting = database.lastInsertedRowID
      let forgotten = try photos.map(\.absolute).filter {
        try !(missing && !FileEntry.isNothing(at: $0))
          && database.forget($0, forgetting: forgetting, now: now)
      }
      if forgotten.isEmpty {
        try database.execute(sql: "DELETE FROM forgettings WHERE id = ?", arguments: [forgetting])
      }
      return forgotten
    }
  }

  /// Brings back what was forgotten last and not brought back yet.
  ///
  /// - Returns: the paths that are in the store again; nil where nothing was forgotten of late.
  /// - Throws: `StoreError`.
  package func bringBack() throws -> [FilePath]? {
    try write { database in
      try database.purgeForgotten()
      let last = try Row.fetchOne(
        database,
        sql: """
          SELECT id, forgotten_at FROM forgettings WHERE forgotten_at >= ? ORDER BY id DESC LIMIT 1
          """, arguments: [Timestamp.endOfBringingBack.text])
      guard let last else { return nil }
      let (forgetting, time): (Int64, String) = try (
        last.value("id"), last.value("forgotten_at")
      )
      let files = try Data.fetchAll(
        database,
        sql: FileRow.kept.entering(from: "forgotten_files WHERE forgetting_id = ?")
          + " RETURNING path", arguments: [forgetting])
      let failures = try Data.fetchAll(
        database,
        sql: """
          UPDATE OR IGNORE failures SET closed_at = NULL
          WHERE closed_at = ? AND path NOT IN (SELECT path FROM files) RETURNING path
          """, arguments: [time])
      try database.execute(sql: "DELETE FROM forgettings WHERE id = ?", arguments: [forgetting])
      return Set(files + failures).sorted { $0.lexicographicallyPrecedes($1) }
        .map(FilePath.init(data:))
    }
  }
}

extension Timestamp {
  /// What was forgotten before cannot be brought back.
  fileprivate static var endOfBringingBack: Timestamp {
    Timestamp(Date(timeIntervalSinceNow: -Double(Store.daysToBringBack) * 86_400))
  }
}

extension FilePresence {
  init(_ database: Database) throws {
    self.init(roots: try database.batchFolders()) { try database.hasFile(in: $0) }
  }
}

extension Database {
  fileprivate func knownPhotos(in folder: FilePath?) throws -> [FilePath] {
    let range = folder.map(PathRange.init)
    let condition = range == nil ? "TRUE" : "path >= ? AND path < ?"
    let arguments = range.map { StatementArguments([$0.lower, $0.upper]) } ?? []
    return try Data.fetchAll(
      self,
      sql: """
        SELECT path FROM files WHERE \(condition)
        UNION SELECT path FROM failures WHERE closed_at IS NULL AND \(condition) ORDER BY path
        """, arguments: arguments + arguments
    ).map(FilePath.init(data:))
  }

  /// The folders that batches were asked for, from the root on, and those of datasets.
  fileprivate func batchFolders() throws -> Set<FilePath> {
    // Before folders were kept apart there were only the paths as they had been typed.
    let paths = try String.fetchAll(
      self,
      sql: """
        SELECT DISTINCT value
        FROM runs, json_each(runs.request, iif(request ->> 'folders' IS NULL, '$.paths', '$.folders'))
        WHERE kind = 'batch' AND value LIKE '/%'
        """)
    let roots = try Set(
      paths.map { FilePath($0).lexicallyNormalized() }.filter { try !isFile($0) })
    return try roots.union(datasetFolders())
  }

  /// The folders in which photos of datasets lie.
  private func datasetFolders() throws -> Set<FilePath> {
    var folders: Set<FilePath> = []
    let paths = try Data.fetchCursor(
      self, sql: "SELECT path FROM dataset_items WHERE path IS NOT NULL")
    while let path = try paths.next() {
      folders.insert(FilePath(data: path).removingLastComponent())
    }
    return folders
  }

  private func isFile(_ path: FilePath) throws -> Bool {
    try exists(
      """
      SELECT 1 FROM files WHERE path = ?1
      UNION ALL SELECT 1 FROM failures WHERE path = ?1 AND byte_count IS NOT NULL
      """, [path.data])
  }

  /// Whether one of the files that are known in a folder, and in the folders in it, is there.
  fileprivate func hasFile(in folder: FilePath) throws -> Bool {
    let range = PathRange(folder)
    let paths = try Data.fetchCursor(
      self, sql: "SELECT path FROM files WHERE path >= ? AND path < ?",
      arguments: [range.lower, range.upper])
    while let path = try paths.next() {
      if FileState(of: FilePath(data: path)) != nil { return true }
    }
    return false
  }

  /// - Returns: whether there was anything to forget.
  fileprivate func forget(_ path: FilePath, forgetting: Int64, now: String) throws -> Bool {
    try cachedStatement(
      sql: ForgottenFileRow.kept.entering(from: "files WHERE path = ?", ["forgetting_id": "?"])
    ).execute(arguments: [forgetting, path.data])
    try cachedStatement(sql: "DELETE FROM files WHERE path = ?").execute(arguments: [path.data])
    let wasKnown = changesCount > 0
    try closeFailure(of: path.data, now: now)
    return wasKnown || changesCount > 0
  }

  /// Lets go of what was forgotten so long ago that nobody will want it back.
  func purgeForgotten() throws {
    let end = Timestamp.endOfBringingBack.text
    guard try exists("SELECT 1 FROM forgettings WHERE forgotten_at < ?", [end]) else { return }
    let lost = """
      SELECT image_id FROM forgotten_files AS f JOIN forgettings AS g ON g.id = forgetting_id
      WHERE forgotten_at < ?1
        AND NOT EXISTS (SELECT 1 FROM files WHERE files.image_id = f.image_id)
        AND NOT EXISTS (
          SELECT 1 FROM forgotten_files AS o JOIN forgettings AS h ON h.id = o.forgetting_id
          WHERE o.image_id = f.image_id AND h.forgotten_at >= ?1)
      """
    let described = """
      SELECT image_id FROM captions WHERE source IN ('note', 'import')
        AND image_id NOT IN (
          SELECT image_id FROM forgotten_files JOIN forgettings ON id = forgetting_id
          WHERE is_missing = 0)
      """
    try execute(
      sql: "DELETE FROM images WHERE id IN (\(lost)) AND id NOT IN (\(described))",
      arguments: [end])
    try execute(
      sql: "DELETE FROM captions WHERE image_id IN (\(lost)) AND origin = 'machine'",
      arguments: [end])
    try execute(
      sql: """
        DELETE FROM forgettings WHERE forgotten_at < ?
          AND NOT EXISTS (
            SELECT 1 FROM forgotten_files AS f JOIN captions AS c ON c.image_id = f.image_id
            WHERE forgetting_id = forgettings.id AND is_missing = 1
              AND c.source IN ('note', 'import')
              AND NOT EXISTS (SELECT 1 FROM files WHERE files.image_id = f.image_id))
        """, arguments: [end])
  }
}
