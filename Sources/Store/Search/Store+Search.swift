internal import Foundation
internal import GRDB
public import SystemPackage

/// A photo whose captioning failed.
public struct FailedPhoto: Equatable, Sendable, Encodable {
  public let path: FilePath
  public let kind: FailureKind
  public let reason: String
  /// UTC.
  public let failedAt: String

  enum CodingKeys: String, CodingKey {
    case kind, reason
    case failedAt = "failed_at"
  }

  public func encode(to encoder: any Encoder) throws {
    try CodablePath(path).encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(kind, forKey: .kind)
    try values.encode(reason, forKey: .reason)
    try values.encode(failedAt, forKey: .failedAt)
  }
}

extension Store {
  /// How many captions are ranked unless too few of them are what was asked for: the newest ones
  /// that match. So a search for words that are in every caption takes no longer than another.
  static let rankedCaptions = 10_000

  /// The photos that a query finds, each once and with the caption and the path that fit it best:
  /// by rank (bm25) where it has words in it, else the latest photos first. Pictures of which no
  /// file is known do not count.
  ///
  /// - Parameter limit: how many photos at most; nil for all.
  /// - Throws: `StoreError`.
  /// - Precondition: the query is not about failures.
  public func search(_ query: SearchQuery, limit: Int?) throws -> [PhotoSummary] {
    precondition(!query.isAboutFailures, "a search for captions was asked for failures")
    let sql = SearchSQL(query)
    return try read { database in
      guard let match = sql.match else {
        return try database.photos(Self.latest(sql), sql.arguments, limit)
      }
      if let limit {
        // More than are wanted: several may be of one picture, or not pass the filter.
        let hits = max(100, 4 * limit)
        let photos = try database.photos(
          Self.ranked(sql), [match, Self.rankedCaptions, hits] + sql.arguments, limit)
        if photos.count == limit { return photos }
      }
      return try database.photos(Self.ranked(sql), [match, -1, -1] + sql.arguments, limit)
    }
  }

  /// The photos that a query finds among those that could not be captioned so far, latest first.
  ///
  /// - Parameter limit: how many photos at most; nil for all.
  /// - Throws: `StoreError`.
  /// - Precondition: the query is about failures.
  public func searchFailures(_ query: SearchQuery, limit: Int?) throws -> [FailedPhoto] {
    precondition(query.isAboutFailures, "a search for failures was asked for captions")
    let sql = SearchSQL(query)
    return try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT path, kind, reason, failed_at FROM failures AS f
          WHERE closed_at IS NULL AND \(sql.filter)
          ORDER BY id DESC LIMIT ?
          """, arguments: sql.arguments + [limit ?? -1]
      ).map(FailedPhoto.init(row:))
    }
  }

  /// The best captions are found in the index alone, and only then looked up (hence CROSS: in this
  /// order).
  private static func ranked(_ sql: SearchSQL) -> String {
    """
    WITH newest AS (
      SELECT rowid AS id, rank FROM caption_texts WHERE caption_texts MATCH ?
      ORDER BY rowid DESC LIMIT ?),
    hits AS (SELECT id, rank FROM newest ORDER BY rank, id LIMIT ?)
    SELECT \(PhotoSummary.columns)
    FROM hits
    CROSS JOIN captions AS c ON c.id = hits.id
    CROSS JOIN images AS i ON i.id = c.image_id
    CROSS JOIN files AS f ON f.image_id = i.id
    LEFT JOIN models AS m ON m.id = c.model_id
    WHERE \(sql.filter)
    ORDER BY hits.rank, hits.id, f.seen_at DESC, f.path
    """
  }

  private static func latest(_ sql: SearchSQL) -> String {
    """
    SELECT \(PhotoSummary.columns)
    FROM images AS i
    JOIN captions AS c ON c.image_id = i.id
    JOIN files AS f ON f.image_id = i.id
    LEFT JOIN models AS m ON m.id = c.model_id
    WHERE \(sql.filter)
    ORDER BY i.captured_at DESC, i.id DESC, c.origin = 'human' DESC, c.id DESC,
      f.seen_at DESC, f.path
    """
  }
}

extension Database {
  /// The first row of each picture.
  fileprivate func photos(_ sql: String, _ arguments: StatementArguments, _ limit: Int?) throws
    -> [PhotoSummary]
  {
    var seen: Set<Int64> = []
    var photos: [PhotoSummary] = []
    guard limit != 0 else { return photos }
    let rows = try Row.fetchCursor(self, sql: sql, arguments: arguments)
    while let row = try rows.next() {
      guard seen.insert(row["image_id"]).inserted else { continue }
      photos.append(PhotoSummary(row: row))
      if photos.count == limit { break }
    }
    return photos
  }
}
