internal import Foundation
internal import GRDB
public import SystemPackage

extension Store {
  /// Removes files from the store and, with its last file, a picture and its captions. Nothing on
  /// the disk is touched.
  ///
  /// - Parameter photos: their paths; those that are not in the store count for nothing.
  /// - Returns: the paths that were removed.
  /// - Throws: `StoreError`.
  public func forget(_ photos: [FilePath]) throws -> [FilePath] {
    try write { database in try Self.forget(photos.map(\.absolute.data), in: database) }
  }

  /// Removes the files in a folder, and in the folders in it, from the store.
  ///
  /// - Parameters:
  ///   - folder: nil for all that the store knows.
  ///   - missing: only those where no file is any more.
  /// - Returns: the paths that were removed.
  /// - Throws: `StoreError`.
  public func forget(in folder: FilePath?, missing: Bool) throws -> [FilePath] {
    try write { database in
      let range = folder.map(PathRange.init)
      let condition = range == nil ? "TRUE" : "path >= ? AND path < ?"
      let arguments = range.map { StatementArguments([$0.lower, $0.upper]) } ?? []
      let paths = try Data.fetchAll(
        database,
        sql: """
          SELECT path FROM files WHERE \(condition)
          UNION SELECT path FROM failures WHERE closed_at IS NULL AND \(condition) ORDER BY path
          """, arguments: arguments + arguments
      ).filter { !missing || FileState(of: FilePath(data: $0)) == nil }
      return try Self.forget(paths, in: database)
    }
  }

  private static func forget(_ paths: [Data], in database: Database) throws -> [FilePath] {
    let now = Timestamp.now.text
    return try paths.filter { path in
      let image = try Int64.fetchOne(
        database.cachedStatement(sql: "SELECT image_id FROM files WHERE path = ?"),
        arguments: [path])
      try database.cachedStatement(sql: "DELETE FROM files WHERE path = ?")
        .execute(arguments: [path])
      if let image {
        try database.cachedStatement(
          sql: """
            DELETE FROM images
            WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM files WHERE image_id = ?1)
            """
        ).execute(arguments: [image])
      }
      try database.cachedStatement(
        sql: "UPDATE failures SET closed_at = ? WHERE path = ? AND closed_at IS NULL"
      ).execute(arguments: [now, path])
      return image != nil || database.changesCount > 0
    }.map(FilePath.init(data:))
  }
}
