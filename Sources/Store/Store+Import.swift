internal import Foundation
internal import GRDB
internal import SystemPackage

/// What an import has entered.
package struct ImportCounts: Equatable, Sendable {
  /// Of machines, new or newer than what was there.
  package var captions = 0
  package var humanCaptions = 0
  package var embeddings = 0
  package var failures = 0
  /// Captions that have got one.
  package var sentiments = 0
  /// Lines that said nothing new.
  package var unchanged = 0

  package init() {}
}

/// Why a line cannot be imported.
package struct ImportError: Error, CustomStringConvertible {
  package let description: String
}

extension Store {
  /// Imports what `work` enters: all of it or, where that throws, nothing.
  ///
  /// - Parameter request: what was asked for, as JSON.
  /// - Throws: `StoreError`, and what `work` throws.
  package func importing(request: String, _ work: (inout Importer) throws -> Void) throws
    -> ImportCounts
  {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO runs (kind, state, request, started_at) VALUES ('import', 'running', ?, ?)
          """, arguments: [request, Timestamp.now.text])
      let run = database.lastInsertedRowID
      var importer = Importer(database: database, path: path, run: run)
      try work(&importer)
      let counts = importer.counts
      if counts.captions + counts.humanCaptions + counts.embeddings + counts.failures == 0 {
        // Nothing happened that should be remembered.
        try database.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [run])
      } else {
        try database.execute(
          sql: """
            UPDATE runs SET state = 'finished', finished_at = ?, captioned = ?, skipped = ?,
              failed = ? WHERE id = ?
            """,
          arguments: [
            Timestamp.now.text, counts.captions, counts.unchanged, counts.failures, run,
          ])
      }
      return counts
    }
  }
}

/// Enters what other machines have found, in one transaction.
package struct Importer {
  let database: Database
  /// Of the store.
  let path: FilePath
  let run: Int64
  package private(set) var counts = ImportCounts()
  private var models: [ContentHash: Int64] = [:]
  private var decodings: [JSONValue: Int64] = [:]

  fileprivate init(database: Database, path: FilePath, run: Int64) {
    self.database = database
    self.path = path
    self.run = run
  }

  /// Enters one line. What is there already stays, but an older caption gives way to a newer.
  ///
  /// - Throws: `ImportError` where something is missing; `StoreError`, `.inconsistent` where the
  ///   schema refuses something.
  package mutating func enter(_ line: CaptionExchange) throws {
    let before = (database.totalChangesCount, counts.failures)
    try StoreError.translating(path) {
      if let failure = line.error {
        try enter(failure, line)
        if counts.failures == before.1 { counts.unchanged += 1 }
      } else {
        try enterPhoto(line)
        if database.totalChangesCount == before.0 { counts.unchanged += 1 }
      }
    }
  }

  private mutating func enterPhoto(_ line: CaptionExchange) throws {
    let (image, isNew) = try image(line)
    for hash in line.otherContentHashes where try database.imageID(of: hash) == nil {
      try database.enterVersion(hash, of: image)
    }
    if !isNew { try completeFacts(line, of: image) }
    try enterFiles(line, image)
    for human in line.humanCaptions {
      let source = human.source.flatMap(HumanCaption.Source.init(rawValue:)) ?? .imported
      try database.enter(
        HumanCaption(text: human.text, source: source), of: image, run: run,
        at: try time(human.createdAt))
      counts.humanCaptions += database.changesCount
      if let sentiment = human.sentiment {
        try enter(sentiment, of: human.text, where: "image_id = ? AND origin = 'human'", [image])
      }
    }
    guard line.caption != nil || line.embedding != nil else {
      guard !line.humanCaptions.isEmpty else {
        throw ImportError(description: "there is no caption in it")
      }
      return
    }
    guard let model = line.model else { throw missing("model") }
    let modelID = try id(of: model)
    if let caption = line.caption {
      guard let decoding = line.decoding else { throw missing("decoding") }
      guard let logProbability = line.logProbability else { throw missing("log_probability") }
      guard let confidence = line.confidence else { throw missing("confidence") }
      if let orientation = line.orientation, orientation < 1 {
        throw ImportError(description: "“orientation” is \(orientation)")
      }
      try database.cachedStatement(
        sql: """
          INSERT INTO captions (image_id, origin, text, created_at, run_id, model_id, decoding_id,
            log_probability, confidence, words, alternatives, orientation)
          VALUES (?, 'machine', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (image_id, model_id, decoding_id) WHERE origin = 'machine'
          DO UPDATE SET \(Self.newerCaption) AND ?
          """
      ).execute(arguments: [
        image, caption, try time(line.createdAt), run, modelID, try id(of: decoding),
        logProbability, confidence, try json(line.words), try json(line.alternatives),
        line.orientation, line.createdAt != nil,
      ])
      counts.captions += database.changesCount
      if let sentiment = line.sentiment {
        try enter(
          sentiment, of: caption, where: "image_id = ? AND model_id = ? AND decoding_id = ?",
          [image, modelID, try id(of: decoding)])
      }
    }
    if let embedding = line.embedding {
      guard embedding.count > 0, embedding.count % 2 == 0 else {
        throw ImportError(description: "“embedding” has \(embedding.count) bytes")
      }
      let known = try Int.fetchOne(
        database.cachedStatement(
          sql: "SELECT length(vector) FROM embeddings WHERE model_id = ? LIMIT 1"),
        arguments: [modelID])
      if let known, known != embedding.count {
        throw ImportError(
          description: "“embedding” has \(embedding.count) bytes, others by its model have \(known)"
        )
      }
      try database.cachedStatement(
        sql: """
          INSERT INTO embeddings (model_id, image_id, vector) VALUES (?, ?, ?)
          ON CONFLICT DO NOTHING
          """
      ).execute(arguments: [modelID, image, UnitVector(halves: embedding).data])
      counts.embeddings += database.changesCount
    }
  }

  /// Enters what a caption's text says, unless the store has another text there by now, or knows
  /// already what it says.
  ///
  /// - Parameter condition: on `captions`.
  private mutating func enter(
    _ labelled: CaptionExchange.LabelledText, of text: String, where condition: String,
    _ arguments: StatementArguments
  ) throws {
    let caption = try Int64.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT id FROM captions WHERE \(condition) AND text = ?
            AND NOT EXISTS (SELECT 1 FROM caption_sentiments WHERE caption_id = id)
          """), arguments: arguments + [text])
    guard let caption else { return }
    let labels = Set(labelled.probabilities.keys).union([labelled.label]).sorted()
    let model = try database.enter(
      SentimentModel(name: labelled.model, contentHash: labelled.modelHash, labels: labels))
    let hashed = SentimentText(text)
    let id = try database.enter(hashed, isGiven: false)
    try database.enter(
      labelled.sentiment, ofText: id, model: model, at: try time(labelled.createdAt))
    if try database.label(caption: caption, text: hashed.hash, model: model) {
      counts.sentiments += 1
    }
  }

  /// What a newer caption changes in one that is there, and when.
  static let newerCaption = """
    text = excluded.text, created_at = excluded.created_at, run_id = excluded.run_id,
      log_probability = excluded.log_probability, confidence = excluded.confidence,
      words = excluded.words, alternatives = excluded.alternatives,
      orientation = excluded.orientation
    WHERE excluded.created_at > captions.created_at
    """

  /// The number of the line's picture, which is entered where it is new.
  private func image(_ line: CaptionExchange) throws -> (Int64, isNew: Bool) {
    guard let hash = line.contentHash else {
      guard let path = line.filePath?.absolute else { throw missing("content_hash") }
      let known = try Int64.fetchOne(
        database, sql: "SELECT image_id FROM files WHERE path = ?", arguments: [path.data])
      guard let known else {
        throw ImportError(
          description: "“content_hash” is missing, and the store knows no file at the path")
      }
      return (known, false)
    }
    let known =
      if let picture = line.pictureHash {
        try database.identify(PhotoIdentity(content: hash, picture: picture))
      } else {
        try database.imageID(of: hash)
      }
    if let known { return (known, false) }
    guard let byteCount = line.byteCount else { throw missing("byte_count") }
    guard let format = line.format else { throw missing("format") }
    guard let width = line.width else { throw missing("width") }
    guard let height = line.height else { throw missing("height") }
    try database.cachedStatement(
      sql: """
        INSERT INTO images (content_hash, picture_hash, byte_count, format, width, height,
          captured_at, camera_make, camera_model, latitude, longitude, added_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      hash.data, line.pictureHash?.data, byteCount, format, width, height, line.capturedAt,
      line.cameraMake,
      line.cameraModel, line.latitude, line.longitude, Timestamp.now.text,
    ])
    return (database.lastInsertedRowID, true)
  }

  /// Adds what the store does not know of a picture yet.
  private func completeFacts(_ line: CaptionExchange, of image: Int64) throws {
    let facts: [(String, (any DatabaseValueConvertible)?)] = [
      ("captured_at", line.capturedAt), ("camera_make", line.cameraMake),
      ("camera_model", line.cameraModel),
    ]
    for case (let column, let value?) in facts {
      try database.cachedStatement(
        sql: "UPDATE images SET \(column) = ? WHERE id = ? AND \(column) IS NULL"
      ).execute(arguments: [value, image])
    }
    guard let latitude = line.latitude, let longitude = line.longitude else { return }
    try database.cachedStatement(
      sql: "UPDATE images SET latitude = ?, longitude = ? WHERE id = ? AND latitude IS NULL"
    ).execute(arguments: [latitude, longitude, image])
  }

  private func enterFiles(_ line: CaptionExchange, _ image: Int64) throws {
    for file in line.files {
      guard let path = CaptionExchange.filePath(file.path, file.pathBytes) else { continue }
      try enterFile(
        path, file.byteCount, file.modifiedNanoseconds, file.seenAt ?? line.createdAt, image)
    }
    guard let path = line.filePath, let byteCount = line.byteCount,
      let modified = line.modifiedNanoseconds
    else { return }
    try enterFile(path, byteCount, modified, line.createdAt, image)
  }

  /// Enters where a picture lies, unless the store has been there later.
  private func enterFile(
    _ path: FilePath, _ byteCount: Int, _ modified: Int64, _ seen: String?, _ image: Int64
  ) throws {
    let path = path.absolute.data
    let seen = try time(seen)
    try database.cachedStatement(
      sql: """
        INSERT INTO files (path, image_id, byte_count, modified_nanoseconds, seen_at)
        VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET image_id = excluded.image_id, byte_count = excluded.byte_count,
          modified_nanoseconds = excluded.modified_nanoseconds, seen_at = excluded.seen_at
        WHERE excluded.seen_at > files.seen_at AND (excluded.image_id <> files.image_id
          OR excluded.byte_count <> files.byte_count
          OR excluded.modified_nanoseconds <> files.modified_nanoseconds)
        """
    ).execute(arguments: [path, image, byteCount, modified, seen])
    try database.cachedStatement(
      sql: "UPDATE files SET in_album = 1 WHERE path = ? AND in_album = 0"
    ).execute(arguments: [path])
    try database.cachedStatement(
      sql: """
        UPDATE failures SET closed_at = ?2 WHERE path = ?1 AND closed_at IS NULL AND failed_at <= ?2
        """
    ).execute(arguments: [path, seen])
  }

  /// Enters a failure, unless the store knows of a later attempt.
  private mutating func enter(_ failure: CaptionExchange.Failure, _ line: CaptionExchange) throws {
    guard let path = line.filePath?.absolute.data else { return }
    let time = try time(line.createdAt)
    let isKnown = try Bool.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT EXISTS (SELECT 1 FROM files WHERE path = ?1 AND (seen_at >= ?2 OR NOT ?5))
            OR EXISTS (SELECT 1 FROM failures WHERE path = ?1 AND (failed_at >= ?2
              OR (kind = ?3 AND reason = ?4 AND NOT ?5)))
          """),
      arguments: [path, time, failure.kind.rawValue, failure.message, line.createdAt != nil])
    if isKnown == true { return }
    try database.cachedStatement(
      sql: "UPDATE failures SET closed_at = ? WHERE path = ? AND closed_at IS NULL"
    ).execute(arguments: [time, path])
    let hasState = line.byteCount != nil && line.modifiedNanoseconds != nil
    try database.cachedStatement(
      sql: """
        INSERT INTO failures (run_id, path, byte_count, modified_nanoseconds, kind, reason, failed_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      run, path, hasState ? line.byteCount : nil, hasState ? line.modifiedNanoseconds : nil,
      failure.kind.rawValue, failure.message, time,
    ])
    counts.failures += 1
  }

  private mutating func id(of model: CaptionExchange.Model) throws -> Int64 {
    if model.configuration == nil, let known = models[model.hash] { return known }
    // What stands for a configuration that is not known.
    let placeholder = "{}"
    try database.execute(
      sql: """
        INSERT INTO models (name, content_hash, configuration, added_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (content_hash) DO UPDATE SET configuration = excluded.configuration
        WHERE configuration = ?5 AND excluded.configuration <> ?5
        """,
      arguments: [
        model.name, model.hash.data, try model.configuration?.text ?? placeholder,
        Timestamp.now.text, placeholder,
      ])
    let id = try Int64.fetchOne(
      database, sql: "SELECT id FROM models WHERE content_hash = ?", arguments: [model.hash.data])
    guard let id else { throw UnreadableValue.lost("a model") }
    models[model.hash] = id
    return id
  }

  private mutating func id(of decoding: JSONValue) throws -> Int64 {
    if let known = decodings[decoding] { return known }
    let options = try decoding.text
    try database.execute(
      sql: "INSERT INTO decodings (options) VALUES (?) ON CONFLICT DO NOTHING",
      arguments: [options])
    let id = try Int64.fetchOne(
      database, sql: "SELECT id FROM decodings WHERE options = ?", arguments: [options])
    guard let id else { throw UnreadableValue.lost("decoding options") }
    decodings[decoding] = id
    return id
  }

  /// A time as the store keeps it; now where there is none.
  private func time(_ text: String?) throws -> String {
    guard let text else { return Timestamp.now.text }
    guard let time = try? Date(text, strategy: Self.withFractions) else {
      guard let time = try? Date(text, strategy: .iso8601) else {
        throw ImportError(description: "“\(text)” is no time like 2026-01-31T09:30:00.000Z")
      }
      return Timestamp(time).text
    }
    return Timestamp(time).text
  }

  private static let withFractions = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  private func missing(_ key: String) -> ImportError {
    ImportError(description: "“\(key)” is missing")
  }
}
