internal import Foundation
internal import GRDB
package import SystemPackage

/// How many rows of each kind a store has, or has gained.
package struct StoreCounts: Equatable, Sendable, Encodable {
  package var images = 0
  package var files = 0
  package var captions = 0
  package var humanCaptions = 0
  package var embeddings = 0
  package var models = 0
  /// Texts by models.
  package var sentiments = 0
  package var runs = 0
  /// Photos that failed and have not been captioned since.
  package var openFailures = 0

  enum CodingKeys: String, CodingKey {
    case images, files, captions, embeddings, models, sentiments, runs
    case humanCaptions = "human_captions"
    case openFailures = "open_failures"
  }
}

extension Database {
  func counts() throws -> StoreCounts {
    func count(_ rows: String) throws -> Int {
      try Int.fetchOne(self, sql: "SELECT count(*) FROM main.\(rows)") ?? 0
    }
    return StoreCounts(
      images: try count("images"), files: try count("files"),
      captions: try count("captions WHERE origin = 'machine'"),
      humanCaptions: try count("captions WHERE origin = 'human'"),
      embeddings: try count("embeddings"), models: try count("models"),
      sentiments: try count("sentiments"), runs: try count("runs"),
      openFailures: try count("failures WHERE closed_at IS NULL"))
  }
}

extension Store {
  /// Enters all that another store knows: pictures and their files, captions of machines and
  /// people, embeddings, what texts say, failures and runs. Of two captions by the same work the newer
  /// stays.
  ///
  /// Datasets, evaluations and what was written into photos remain the other store's alone.
  ///
  /// - Parameter path: of the other store, which is only read.
  /// - Returns: what the store had before and has now.
  /// - Throws: `StoreError`, also of the other store.
  package func merge(_ path: FilePath) throws -> (before: StoreCounts, after: StoreCounts) {
    // Before it is opened: SQLite would give a second name of this store a log of its own.
    guard !isSameFile(path) else {
      throw StoreError.inconsistent(path: self.path, reason: "it cannot be merged with itself")
    }
    let other = try Store(unchanged: path)
    defer { try? other.close() }
    // What cannot be read there would be no better here.
    if let fault = try other.read({ try RowCheck().firstFault(in: $0) }) {
      throw StoreError.damaged(path: other.path, reason: "\(fault)")
    }
    let name = try other.attachableName
    return try StoreError.translating(self.path) {
      // Nothing may be attached in the middle of a transaction.
      try database.writeWithoutTransaction { database in
        try database.execute(sql: "ATTACH ? AS other", arguments: [name])
        // It is open now.
        other.copy?.remove()
        defer { try? database.execute(sql: "DETACH other") }
        defer { try? database.execute(sql: MergeSQL.end) }
        var counts: (StoreCounts, StoreCounts)?
        try database.inTransaction(.immediate) {
          let before = try database.counts()
          try database.execute(sql: MergeSQL.all)
          counts = (before, try database.counts())
          return .commit
        }
        guard let counts else { preconditionFailure("a merge ended without its counts") }
        return counts
      }
    }
  }

  /// Whether a path leads to this store's file, by whatever name: a hard link's too.
  func isSameFile(_ other: FilePath) -> Bool {
    var (own, others) = (stat(), stat())
    guard stat(path.string, &own) == 0, stat(other.string, &others) == 0 else { return false }
    return own.st_dev == others.st_dev && own.st_ino == others.st_ino
  }

  /// What SQLite attaches the store by, for reading only.
  private var attachableName: String {
    get throws {
      let opened = (database as? DatabaseQueue)?.path ?? path.string
      return opened.hasPrefix("file:") ? opened : try Self.uri(FilePath(opened), "mode=ro")
    }
  }
}

/// The store that is attached as `other` flows into `main`. Each statement may run again without
/// changing anything more.
private enum MergeSQL {
  static let all = [works, images, runs, files, forgotten, failures, captions, sentiments]
    .joined().joined(separator: ";")

  static let end = """
    DROP TABLE IF EXISTS temp.model_map; DROP TABLE IF EXISTS temp.decoding_map;
    DROP TABLE IF EXISTS temp.image_map; DROP TABLE IF EXISTS temp.run_map;
    DROP TABLE IF EXISTS temp.sentiment_model_map; DROP TABLE IF EXISTS temp.text_map;
    """

  private static let works = [
    ModelRow.completing.entering(from: "other.models WHERE TRUE"),
    """
    CREATE TEMP TABLE model_map AS
      SELECT o.id AS old, m.id AS new FROM other.models o JOIN main.models m USING (content_hash)
    """,
    DecodingRow.kept.entering(from: "other.decodings WHERE TRUE"),
    """
    CREATE TEMP TABLE decoding_map AS
      SELECT o.id AS old, m.id AS new FROM other.decodings o JOIN main.decodings m USING (options)
    """,
  ]

  /// A picture is known here if what makes it is, or any of its contents.
  private static let images = [
    """
    CREATE TEMP TABLE image_map (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
    INSERT INTO image_map
      SELECT o.id, m.id FROM other.images o JOIN main.images m USING (picture_hash);
    WITH here (content_hash, id) AS (
        SELECT content_hash, id FROM main.images
        UNION ALL SELECT content_hash, image_id FROM main.image_versions),
      contents (content_hash, id, is_first) AS (
        SELECT content_hash, id, 1 FROM other.images
        UNION ALL SELECT content_hash, image_id, 0 FROM other.image_versions)
    INSERT INTO image_map
      SELECT c.id, h.id FROM contents c JOIN here h ON h.content_hash = c.content_hash WHERE true
      ORDER BY c.is_first DESC, h.id
      ON CONFLICT DO NOTHING
    """,
    ImageRow.refused.entering(
      from: "other.images WHERE id NOT IN (SELECT old FROM image_map) ORDER BY id"),
    """
    INSERT INTO image_map
      SELECT o.id, m.id FROM other.images o JOIN main.images m USING (content_hash) WHERE true
      ON CONFLICT DO NOTHING
    """,
    ImageVersionRow.kept.entering(
      from: """
        (SELECT content_hash, id FROM other.images
          UNION ALL SELECT content_hash, image_id FROM other.image_versions) c
        JOIN image_map ON old = c.id
        WHERE NOT EXISTS (SELECT 1 FROM main.images m WHERE m.content_hash = c.content_hash)
        """, ["image_id": "new"]),
    """
    UPDATE main.images AS m SET picture_hash = o.picture_hash
      FROM image_map, other.images o
      WHERE new = m.id AND o.id = old AND m.picture_hash IS NULL AND o.picture_hash IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM main.images k WHERE k.picture_hash = o.picture_hash)
    """,
    """
    UPDATE main.images AS m SET \(ImageRow.facts(by: "m", else: "o"))
      FROM image_map, other.images o
      WHERE new = m.id AND o.id = old AND \(ImageRow.knowsLess("m", than: "o"))
    """,
  ]

  /// A run is the same if it began in the same millisecond with the same request. An evaluation's
  /// would be nothing without its dataset.
  private static let runs = [
    """
    CREATE TEMP TABLE run_keys AS
      SELECT r.*, mm.new AS new_model, dm.new AS new_decoding FROM other.runs r
      LEFT JOIN model_map mm ON mm.old = r.model_id
      LEFT JOIN decoding_map dm ON dm.old = r.decoding_id
      WHERE kind <> 'evaluation'
    """,
    RunRow.refused.entering(
      from: """
        run_keys k LEFT JOIN main.runs m ON \(isSameRun) WHERE m.id IS NULL
        GROUP BY k.started_at, k.kind, k.request, k.new_model, k.new_decoding ORDER BY k.id
        """, row: "k", ["model_id": "k.new_model", "decoding_id": "k.new_decoding"]),
    """
    CREATE TEMP TABLE run_map (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
    INSERT INTO run_map
      SELECT k.id, min(m.id) FROM run_keys k JOIN main.runs m ON \(isSameRun) GROUP BY k.id;
    UPDATE main.runs AS m SET state = o.state, finished_at = o.finished_at,
        captioned = o.captioned, skipped = o.skipped, failed = o.failed
      FROM run_map, other.runs o WHERE new = m.id AND o.id = old
        AND m.state = 'running' AND (o.state <> 'running' OR o.captioned > m.captioned);
    DROP TABLE run_keys
    """,
  ]

  private static let isSameRun = """
    m.started_at = k.started_at AND m.kind = k.kind AND m.request = k.request
      AND m.model_id IS k.new_model AND m.decoding_id IS k.new_decoding
    """

  private static let files = [
    FileRow.later.entering(
      from: "other.files JOIN image_map ON old = image_id WHERE TRUE", ["image_id": "new"])
  ]

  /// What was forgotten there and is not known here comes as forgotten.
  private static let forgotten = [
    ForgettingRow.refused.entering(
      from: """
        other.forgettings o
        WHERE NOT EXISTS (
          SELECT 1 FROM main.forgettings m
          WHERE m.forgotten_at = o.forgotten_at AND m.is_missing = o.is_missing)
        ORDER BY id
        """),
    ForgottenFileRow.kept.entering(
      from: """
        other.forgotten_files f JOIN image_map ON old = image_id
        JOIN other.forgettings o ON o.id = f.forgetting_id
        JOIN main.forgettings m USING (forgotten_at, is_missing)
        WHERE TRUE GROUP BY f.forgetting_id, path
        """, ["forgetting_id": "min(m.id)", "image_id": "new"]),
  ]

  /// Of what failed in both stores the later stays open, and nothing does that was captioned since.
  private static let failures = [
    """
    CREATE TEMP TABLE new_failures AS
      SELECT run_map.new AS run, f.* FROM other.failures f JOIN run_map ON old = f.run_id
      LEFT JOIN main.failures m ON m.path = f.path AND m.failed_at = f.failed_at
        AND m.run_id = run_map.new AND m.reason = f.reason
      WHERE m.id IS NULL ORDER BY f.id;
    UPDATE main.failures AS m SET closed_at = f.closed_at
      FROM other.failures f JOIN run_map ON old = f.run_id
      WHERE m.path = f.path AND m.failed_at = f.failed_at AND m.run_id = run_map.new
        AND m.reason = f.reason AND m.closed_at IS NULL AND f.closed_at IS NOT NULL;
    UPDATE main.failures AS m SET closed_at = n.failed_at
      FROM new_failures n WHERE n.path = m.path AND n.closed_at IS NULL AND m.closed_at IS NULL
        AND n.failed_at > m.failed_at;
    UPDATE new_failures AS n SET closed_at = m.failed_at
      FROM main.failures m WHERE m.path = n.path AND n.closed_at IS NULL AND m.closed_at IS NULL
    """,
    FailureRow.refused.entering(from: "new_failures ORDER BY id", ["run_id": "run"]),
    """
    DROP TABLE new_failures;
    UPDATE main.failures AS m SET closed_at = f.seen_at FROM main.files f
      WHERE m.closed_at IS NULL AND f.path = m.path AND f.seen_at > m.failed_at
    """,
  ]

  private static let captions = [
    CaptionRow.newer.entering(
      from: """
        other.captions c JOIN image_map i ON i.old = c.image_id
        LEFT JOIN model_map m ON m.old = c.model_id
        LEFT JOIN decoding_map d ON d.old = c.decoding_id
        LEFT JOIN run_map r ON r.old = c.run_id
        WHERE TRUE ORDER BY c.id
        """,
      ["image_id": "i.new", "run_id": "r.new", "model_id": "m.new", "decoding_id": "d.new"]),
    EmbeddingRow.kept.entering(
      from: """
        other.embeddings e JOIN image_map i ON i.old = e.image_id
        JOIN model_map m ON m.old = e.model_id WHERE TRUE
        """, ["image_id": "i.new", "model_id": "m.new"]),
  ]

  /// Captions that are the same in both stores, and have no label here, get that of the other. Texts
  /// that no caption says any more stay behind, unless a person gave them.
  private static let sentiments = [
    SentimentModelRow.completing.entering(from: "other.sentiment_models WHERE TRUE"),
    """
    CREATE TEMP TABLE sentiment_model_map AS
      SELECT o.id AS old, m.id AS new
      FROM other.sentiment_models o JOIN main.sentiment_models m USING (content_hash)
    """,
    SentimentTextRow.given.entering(from: "other.sentiment_texts WHERE TRUE ORDER BY id"),
    """
    CREATE TEMP TABLE text_map (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
    INSERT INTO text_map
      SELECT o.id, m.id
      FROM other.sentiment_texts o JOIN main.sentiment_texts m USING (content_hash)
    """,
    SentimentRow.kept.entering(
      from: """
        other.sentiments s JOIN text_map t ON t.old = s.text_id
        JOIN sentiment_model_map m ON m.old = s.model_id WHERE TRUE
        """, ["text_id": "t.new", "model_id": "m.new"]),
    CaptionSentimentRow.kept.entering(
      from: """
        other.caption_sentiments s JOIN other.captions o ON o.id = s.caption_id
        JOIN image_map i ON i.old = o.image_id
        JOIN text_map t ON t.old = s.text_id JOIN sentiment_model_map m ON m.old = s.model_id
        CROSS JOIN main.captions c
          ON c.image_id = i.new AND c.origin = o.origin AND c.text = o.text
          AND c.model_id IS (SELECT new FROM model_map WHERE old = o.model_id)
          AND c.decoding_id IS (SELECT new FROM decoding_map WHERE old = o.decoding_id)
        WHERE TRUE
        """, ["caption_id": "c.id", "text_id": "t.new", "model_id": "m.new"]),
    """
    DELETE FROM main.sentiment_texts WHERE is_given = 0 AND id IN (SELECT new FROM text_map)
      AND NOT EXISTS (SELECT 1 FROM main.caption_sentiments s WHERE s.text_id = sentiment_texts.id)
    """,
  ]
}
