package import Files
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
}

/// Why a line cannot be imported.
package struct ImportError: Failure {
  package let reason: String

  package var parts: FailureParts { .init(.badData, reason) }
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
      try database.enter(
        RunRow(kind: .imported, request: request, startedAt: Timestamp.now.text),
        onConflict: RunRow.refused)
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
    if !isNew { try complete(line.facts, of: image) }
    try enterFiles(line, image)
    for human in line.peoplesWords {
      let source = human.source.flatMap(HumanCaption.Source.init(rawValue:)) ?? .imported
      let row = CaptionRow(
        HumanCaption(text: human.text, source: source), of: image, run: run,
        at: try time(human.createdAt))
      try database.enter(row, onConflict: CaptionRow.kept)
      counts.humanCaptions += database.changesCount
      if let sentiment = human.sentiment {
        try enter(sentiment, of: human.text, where: "image_id = ? AND origin = 'human'", [image])
      }
    }
    guard line.caption != nil || line.embedding != nil else {
      guard !line.peoplesWords.isEmpty else {
        throw ImportError(reason: "there is no caption in it")
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
        throw ImportError(reason: "“orientation” is \(orientation)")
      }
      let work = Work(modelID: modelID, decodingID: try id(of: decoding))
      let row = try CaptionRow(
        MachineCaption(
          text: caption, logProbability: logProbability, confidence: confidence,
          words: line.words ?? [], alternatives: line.alternatives ?? []), of: image, by: work,
        orientation: line.orientation, run: run, at: time(line.createdAt))
      // One of no time is older than any.
      try database.enter(
        row, onConflict: line.createdAt == nil ? CaptionRow.kept : CaptionRow.newer)
      counts.captions += database.changesCount
      if let sentiment = line.sentiment {
        try enter(
          sentiment, of: caption, where: "image_id = ? AND model_id = ? AND decoding_id = ?",
          [image, work.modelID, work.decodingID])
      }
    }
    if let embedding = line.embedding {
      guard embedding.count > 0, embedding.count % 2 == 0 else {
        throw ImportError(reason: "“embedding” has \(embedding.count) bytes")
      }
      let known = try Int.fetchOne(
        database.cachedStatement(
          sql: "SELECT length(vector) FROM embeddings WHERE model_id = ? LIMIT 1"),
        arguments: [modelID])
      if let known, known != embedding.count {
        throw ImportError(
          reason: "“embedding” has \(embedding.count) bytes, others by its model have \(known)"
        )
      }
      try database.enter(
        EmbeddingRow(model: modelID, image: image, vector: UnitVector(halves: embedding)),
        onConflict: EmbeddingRow.kept)
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
    let now = Timestamp.now.text
    let model = try database.number(
      entering: SentimentModelRow(
        SentimentModel(name: labelled.model, contentHash: labelled.modelHash, labels: labels),
        at: now), onConflict: SentimentModelRow.completing)
    let hashed = SentimentText(text)
    try database.enter(
      labelled.sentiment, of: hashed, isGiven: false, model: model, at: time(labelled.createdAt))
    if try database.label(caption: caption, text: hashed.hash, model: model) {
      counts.sentiments += 1
    }
  }

  /// The number of the line's picture, which is entered where it is new.
  private func image(_ line: CaptionExchange) throws -> (Int64, isNew: Bool) {
    guard let hash = line.contentHash else {
      guard let path = line.filePath?.absolute else { throw missing("content_hash") }
      let known = try Int64.fetchOne(
        database, sql: "SELECT image_id FROM files WHERE path = ?", arguments: [path.data])
      guard let known else {
        throw ImportError(
          reason: "“content_hash” is missing, and the store knows no file at the path")
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
    let row = ImageRow(
      content: hash, picture: line.pictureHash, byteCount: byteCount, format: format,
      width: width, height: height, facts: line.facts, addedAt: Timestamp.now.text)
    try database.enter(row, onConflict: ImageRow.refused)
    return (database.lastInsertedRowID, true)
  }

  /// Adds what the store does not know of a picture yet.
  private func complete(_ facts: PhotoFacts, of image: Int64) throws {
    var facts = facts
    if facts.latitude == nil || facts.longitude == nil {
      (facts.latitude, facts.longitude) = (nil, nil)
    }
    try database.cachedStatement(sql: Self.completion)
      .execute(arguments: ImageRow.arguments(of: facts) + [image])
  }

  private static let completion = """
    UPDATE images SET \(ImageRow.facts(by: "images", else: nil))
    WHERE id = ?6 AND \(ImageRow.knowsLess("images", than: nil))
    """

  private func enterFiles(_ line: CaptionExchange, _ image: Int64) throws {
    for file in line.files {
      guard let path = file.filePath else { continue }
      try enterFile(path, file.state, seenAt: file.seenAt ?? line.createdAt, image)
    }
    guard let path = line.filePath, let state = line.state else { return }
    try enterFile(path, state, seenAt: line.createdAt, image)
  }

  /// Enters where a picture lies, unless the store has been there later.
  private func enterFile(
    _ path: FilePath, _ state: FileState, seenAt: String?, _ image: Int64
  ) throws {
    let row = FileRow(
      path: path.absolute.data, image: image, state: state, seenAt: try time(seenAt))
    try database.enter(row, onConflict: seenAt == nil ? FileRow.laterAndOther : FileRow.later)
    try database.cachedStatement(
      sql: """
        UPDATE failures SET closed_at = ?2 WHERE path = ?1 AND closed_at IS NULL AND failed_at <= ?2
        """
    ).execute(arguments: [row.path, row.seenAt])
  }

  /// Enters a failure, unless the store knows of a later attempt.
  private mutating func enter(_ failure: CaptionExchange.Failure, _ line: CaptionExchange) throws {
    guard let path = line.filePath?.absolute.data else { return }
    let time = try time(line.createdAt)
    let isKnown = try database.exists(
      """
      SELECT 1 FROM files WHERE path = ?1 AND (seen_at >= ?2 OR NOT ?5)
      UNION ALL SELECT 1 FROM failures WHERE path = ?1 AND (failed_at >= ?2
        OR (kind = ?3 AND reason = ?4 AND NOT ?5))
      """, [path, time, failure.kind.rawValue, failure.message, line.createdAt != nil])
    if isKnown { return }
    try database.enter(
      FailureRow(
        run: run, path: path, state: line.state, kind: failure.kind, reason: failure.message,
        failedAt: time))
    counts.failures += 1
  }

  private mutating func id(of model: CaptionExchange.Model) throws -> Int64 {
    if model.configuration == nil, let known = models[model.hash] { return known }
    let row = ModelRow(
      name: model.name, content: model.hash,
      configuration: try model.configuration?.text ?? ModelRow.unknown, addedAt: Timestamp.now.text)
    let id = try database.number(entering: row, onConflict: ModelRow.completing)
    models[model.hash] = id
    return id
  }

  private mutating func id(of decoding: JSONValue) throws -> Int64 {
    if let known = decodings[decoding] { return known }
    let id = try database.number(
      entering: DecodingRow(options: decoding.text), onConflict: DecodingRow.kept)
    decodings[decoding] = id
    return id
  }

  /// A time as the store keeps it; now where there is none.
  private func time(_ text: String?) throws -> String {
    guard let text else { return Timestamp.now.text }
    guard let time = try? Date(text, strategy: Self.withFractions) else {
      guard let time = try? Date(text, strategy: .iso8601) else {
        throw ImportError(reason: "“\(text)” is no time like 2026-01-31T09:30:00.000Z")
      }
      return Timestamp(time).text
    }
    return Timestamp(time).text
  }

  private static let withFractions = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  private func missing(_ key: String) -> ImportError {
    ImportError(reason: "“\(key)” is missing")
  }
}
