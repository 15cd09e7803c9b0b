internal import Foundation
internal import GRDB
package import SystemPackage

extension Store {
  /// The model and the decoding options as a pair, entered where they are new.
  ///
  /// - Parameter options: as JSON with sorted keys, so that equal options are equal texts.
  /// - Throws: `StoreError`.
  package func work(_ model: ModelIdentity, options: String) throws -> Work {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO models (name, content_hash, configuration, added_at) VALUES (?, ?, ?, ?)
          ON CONFLICT (content_hash) DO UPDATE
            SET name = excluded.name, configuration = excluded.configuration
          """,
        arguments: [
          model.name, model.contentHash.data, model.configuration, Timestamp.now.text,
        ])
      try database.execute(
        sql: "INSERT INTO decodings (options) VALUES (?) ON CONFLICT DO NOTHING",
        arguments: [options])
      guard let work = try Self.work(model.contentHash, options: options, in: database) else {
        throw UnreadableValue.lost("a model or its options")
      }
      return work
    }
  }

  /// The model and the decoding options as a pair; nil where either is not in the store.
  ///
  /// - Throws: `StoreError`.
  package func existingWork(_ model: ContentHash, options: String) throws -> Work? {
    try read { try Self.work(model, options: options, in: $0) }
  }

  private static func work(_ model: ContentHash, options: String, in database: Database) throws
    -> Work?
  {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT models.id AS model, decodings.id AS decoding FROM models, decodings
        WHERE models.content_hash = ? AND decodings.options = ?
        """, arguments: [model.data, options])
    return try row.map {
      Work(modelID: try $0.value("model"), decodingID: try $0.value("decoding"))
    }
  }

  /// The hash of the model in `folder`, if its files still have the sizes and times that
  /// `signature` was made of.
  ///
  /// - Throws: `StoreError`.
  package func modelHash(folder: FilePath, signature: String) throws -> ContentHash? {
    try read { database in
      try Data.fetchOne(
        database,
        sql: "SELECT content_hash FROM model_folders WHERE folder = ? AND signature = ?",
        arguments: [folder.absolute.data, signature]
      ).flatMap(ContentHash.init(data:))
    }
  }

  /// Keeps the hash of the model in `folder` for `modelHash`.
  ///
  /// - Throws: `StoreError`.
  package func rememberModel(folder: FilePath, signature: String, hash: ContentHash) throws {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO model_folders (folder, signature, content_hash) VALUES (?, ?, ?)
          ON CONFLICT DO UPDATE SET
            signature = excluded.signature, content_hash = excluded.content_hash
          """, arguments: [folder.absolute.data, signature, hash.data])
    }
  }
}
