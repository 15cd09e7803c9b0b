package import Files
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
      let row = ModelRow(
        name: model.name, content: model.contentHash, configuration: model.configuration,
        addedAt: Timestamp.now.text)
      return Work(
        modelID: try database.number(entering: row, onConflict: ModelRow.replacing),
        decodingID: try database.number(
          entering: DecodingRow(options: options), onConflict: DecodingRow.kept))
    }
  }

  /// The model and the decoding options as a pair; nil where either is not in the store.
  ///
  /// - Throws: `StoreError`.
  package func existingWork(_ model: ContentHash, options: String) throws -> Work? {
    try read { database in
      guard let model = try database.number(of: ModelRow.self, model.data),
        let decoding = try database.number(of: DecodingRow.self, options)
      else { return nil }
      return Work(modelID: model, decodingID: decoding)
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
