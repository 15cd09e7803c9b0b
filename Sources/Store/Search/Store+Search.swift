package import Files
internal import Foundation
internal import GRDB
package import SystemPackage

/// A photo whose captioning failed.
package struct FailedPhoto: Equatable, Sendable, Encodable {
  package let path: FilePath
  package let kind: FailureKind
  package let reason: String
  /// UTC.
  package let failedAt: String

  enum CodingKeys: String, CodingKey {
    case kind, reason
    case failedAt = "failed_at"
  }

  package func encode(to encoder: any Encoder) throws {
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
  static let rankedCaptions = 5_000

  /// The photos that a query finds, each once and with the caption and the path that fit it best:
  /// by rank (bm25) where it has words in it, else the latest captions first. Pictures of which no
  /// file is known do not count.
  ///
  /// - Parameters:
  ///   - limit: how many photos at most, not zero; nil for all.
  ///   - datasets: also photos that only evaluations have entered, as if the query asked for them.
  /// - Throws: `StoreError`; `SearchQueryError` where it asks for a sentiment that no caption can
  ///   have.
  /// - Precondition: the query is not about failures.
  package func search(_ query: SearchQuery, limit: Int?, datasets: Bool = false) throws
    -> [PhotoSummary]
  {
    precondition(!query.isAboutFailures, "a search for captions was asked for failures")
    let sql = SearchSQL(query, albumOnly: !datasets && !query.isAboutDatasets)
    return try read { database in
      try database.checkSentiments(of: query)
      try database.checkDatasets(of: query, path)
      if let limit {
        // More than are wanted: several may be of one picture, or not pass the filter.
        let rows = max(100, 4 * min(limit, .max / 4))
        let first = try database.photos(sql, limit: limit, rows: rows, ranked: Self.rankedCaptions)
        if first.photos.count == limit || first.isAll { return first.photos }
      }
      return try database.photos(sql, limit: limit, rows: -1, ranked: -1).photos
    }
  }

  /// The photos that a query finds among those that could not be captioned so far, latest first.
  ///
  /// - Parameters:
  ///   - limit: how many photos at most; nil for all.
  ///   - datasets: also those of evaluations.
  /// - Throws: `StoreError`.
  /// - Precondition: the query is about failures.
  package func searchFailures(
    _ query: SearchQuery, limit: Int?, datasets: Bool = false
  ) throws -> [FailedPhoto] {
    precondition(query.isAboutFailures, "a search for failures was asked for captions")
    let sql = SearchSQL(query)
    return try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT path, kind, reason, failed_at FROM failures AS f
          WHERE closed_at IS NULL AND \(sql.filter)
            AND \(Album.counts(madeBy: "f.run_id", datasets: datasets))
          ORDER BY id DESC LIMIT ?
          """, arguments: sql.arguments + [limit ?? -1]
      ).map(FailedPhoto.init(row:))
    }
  }
}

extension Database {
  /// - Throws: `SearchQueryError` where the query asks for a label that no caption can have.
  fileprivate func checkSentiments(of query: SearchQuery) throws {
    let labels = query.condition.sentiments
    guard !labels.isEmpty else { return }
    let known = try String.fetchAll(
      self, sql: "SELECT DISTINCT value FROM sentiment_models, json_each(labels) ORDER BY value")
    guard try exists("SELECT 1 FROM caption_sentiments", []) else {
      throw SearchQueryError.nothingLabelled
    }
    let names = Set(known.map { $0.lowercased() })
    if let label = labels.first(where: { !names.contains($0.lowercased()) }) {
      throw SearchQueryError.noSentiment(label, known: known)
    }
  }

  /// - Throws: `StoreError.noDataset` where the query asks for a dataset that is not there.
  fileprivate func checkDatasets(of query: SearchQuery, _ path: FilePath) throws {
    for name in query.condition.datasets where !name.isEmpty {
      _ = try datasetID(of: name, in: path)
    }
  }

  /// The first row of each picture.
  ///
  /// - Parameters:
  ///   - rows: how many rows are looked at; all if negative.
  ///   - ranked: how many captions are ranked; all if negative.
  /// - Returns: with the photos, whether there are certainly no others.
  fileprivate func photos(_ sql: SearchSQL, limit: Int?, rows: Int, ranked: Int) throws
    -> (photos: [PhotoSummary], isAll: Bool)
  {
    var seen: Set<Int64> = []
    var count = 0
    var photos: [PhotoSummary] = []
    let statement = sql.match.map { ranking(sql, $0, rows, ranked) } ?? latest(sql, rows)
    let cursor = try Row.fetchCursor(self, sql: statement.sql, arguments: statement.arguments)
    while photos.count != limit, let row = try cursor.next() {
      count += 1
      if try seen.insert(row.value("image_id")).inserted {
        photos.append(try PhotoSummary(row: row))
      }
    }
    // Captions that were ranked may have been dropped by the filter.
    return (photos, isAll: sql.match == nil && count < rows)
  }

  /// The best captions are found in the index alone, and only then looked up (hence CROSS: in this
  /// order).
  private func ranking(_ sql: SearchSQL, _ match: String, _ rows: Int, _ ranked: Int)
    -> (sql: String, arguments: StatementArguments)
  {
    // Where all are to be ranked, those that can be told by other indexes to be of no use are not.
    // The plus sign: FTS5 would begin anew for each row of a list that it knew of.
    let narrowing = ranked < 0 ? sql.narrowing : nil
    let narrowed =
      (narrowing.map { "AND +rowid IN (\($0.sql))" } ?? "")
      + (sql.labelNarrowing.map { " AND \($0.sql)" } ?? "")
    let narrowedBy = (narrowing?.arguments ?? []) + (sql.labelNarrowing?.arguments ?? [])
    return (
      """
      WITH newest AS (
        SELECT rowid AS id, rank FROM caption_texts WHERE caption_texts MATCH ? \(narrowed)
        ORDER BY rowid DESC LIMIT ?),
      hits AS (SELECT id, rank FROM newest ORDER BY rank, id LIMIT ?)
      SELECT \(PhotoSummary.columns)
      FROM hits
      CROSS JOIN captions AS c ON c.id = hits.id
      CROSS JOIN files AS f ON f.image_id = c.image_id
      CROSS JOIN images AS i ON i.id = c.image_id
      LEFT JOIN models AS m ON m.id = c.model_id
      WHERE \(sql.filter)
      ORDER BY hits.rank, hits.id, f.seen_at DESC, f.path
      """,
      [match] + narrowedBy + [ranked, rows] + sql.arguments
    )
  }

  private func latest(_ sql: SearchSQL, _ rows: Int)
    -> (sql: String, arguments: StatementArguments)
  {
    // The latest captions of a label stand in order in its index (hence CROSS). Folders and times
    // have indexes of their own, which may leave less.
    let label = sql.narrowing == nil ? sql.label : nil
    let captions =
      label == nil
      ? "captions AS c" : "caption_sentiments AS s CROSS JOIN captions AS c ON c.id = s.caption_id"
    let isLabelled = label == nil ? "" : "s.label = ? AND"
    return (
      """
      SELECT \(PhotoSummary.columns)
      FROM \(captions)
      JOIN files AS f ON f.image_id = c.image_id
      JOIN images AS i ON i.id = c.image_id
      LEFT JOIN models AS m ON m.id = c.model_id
      WHERE \(isLabelled) \(sql.filter)
      ORDER BY \(label == nil ? "c.id" : "s.caption_id") DESC, f.seen_at DESC, f.path LIMIT ?
      """, StatementArguments(label.map { [$0] } ?? []) + sql.arguments + [rows]
    )
  }
}
