package import Files
internal import Foundation
internal import GRDB
package import SystemPackage

/// A photo that two models describe differently.
package struct CaptionDifference: Equatable, Sendable, Encodable {
  package let path: FilePath
  package let first: String
  package let second: String

  enum CodingKeys: String, CodingKey {
    case first, second
  }

  package func encode(to encoder: any Encoder) throws {
    try CodablePath(path).encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(first, forKey: .first)
    try values.encode(second, forKey: .second)
  }
}

/// A model in the store.
package struct StoredModel: Equatable, Sendable {
  package let name: String
  package let contentHash: ContentHash
}

extension Store {
  /// The models that a name, or the beginning of a hash of at least four digits, stands for.
  ///
  /// - Throws: `StoreError`.
  package func models(called name: String) throws -> [StoredModel] {
    let all = try models()
    let named = all.filter { $0.name == name }
    guard named.isEmpty, name.count >= 4 else { return named }
    return all.filter { $0.contentHash.description.hasPrefix(name.lowercased()) }
  }

  /// All models, by name and by age.
  ///
  /// - Throws: `StoreError`.
  package func models() throws -> [StoredModel] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT name, content_hash FROM models ORDER BY name, id")
        .map { row in
          StoredModel(name: try row.value("name"), contentHash: try row.hash("content_hash"))
        }
    }
  }

  /// The photos that two models have captioned in other words, in the order of their paths; the
  /// latest caption by each model counts.
  ///
  /// - Parameter datasets: also photos and captions that only evaluations have entered.
  /// - Throws: `StoreError`.
  package func differences(
    _ first: ContentHash, _ second: ContentHash, datasets: Bool = false
  ) throws -> [CaptionDifference] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          WITH latest AS (
            SELECT image_id, model_id, text, max(created_at || ' ' || printf('%020d', id))
            FROM captions
            WHERE origin = 'machine' AND \(Album.counts(madeBy: "run_id", datasets: datasets))
              AND \(Album.shows("captions.image_id", datasets: datasets))
            GROUP BY image_id, model_id)
          SELECT (SELECT path FROM files WHERE image_id = a.image_id
                  ORDER BY seen_at DESC, path LIMIT 1) AS path,
            a.text AS first, b.text AS second
          FROM latest AS a JOIN latest AS b ON b.image_id = a.image_id
          WHERE a.model_id = (SELECT id FROM models WHERE content_hash = ?)
            AND b.model_id = (SELECT id FROM models WHERE content_hash = ?)
            AND a.text <> b.text AND path IS NOT NULL
          ORDER BY path
          """, arguments: [first.data, second.data]
      ).map {
        CaptionDifference(
          path: try $0.path("path"), first: try $0.value("first"),
          second: try $0.value("second"))
      }
    }
  }
}
