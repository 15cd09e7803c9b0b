internal import Files
internal import Foundation
internal import GRDB
package import SystemPackage

/// Which captions are exported.
package struct ExportSelection: Sendable {
  /// Only captions by models of that name.
  package var model: String?
  /// Only pictures in that folder, or below it.
  package var folder: FilePath?
  /// Every caption of a picture, newest first, instead of only the newest.
  package var isEveryCaption = false
  /// At most so many pictures.
  package var limit: Int?
  /// With the embeddings.
  package var hasEmbeddings = false
  /// Also pictures that only evaluations have entered.
  package var hasDatasets = false

  package init() {}
}

extension Store {
  /// Gives `work` the captions of the selection, as they are at one moment however often it goes
  /// through them.
  ///
  /// - Throws: `StoreError`, and what `work` throws.
  package func export<Value>(_ selection: ExportSelection, _ work: (Export) throws -> Value) throws
    -> Value
  {
    try read { try work(Export(database: $0, selection: selection)) }
  }

  /// The names of all models that have captions, in alphabetical order.
  ///
  /// - Throws: `StoreError`.
  package func captioningModels() throws -> [String] {
    try read {
      try String.fetchAll(
        $0,
        sql: """
          SELECT DISTINCT name FROM models
          WHERE EXISTS (SELECT 1 FROM captions WHERE model_id = models.id) ORDER BY name
          """)
    }
  }

  /// Goes through captions in the order of their paths' bytes, one at a time.
  package struct Export {
    let database: Database
    let selection: ExportSelection

    /// A picture, without what was written about it.
    package struct Picture: Sendable {
      /// Its number in the store.
      package let id: Int64
      /// Nil where the store knows of no file any more.
      package let path: FilePath?
      package let width: Int
      package let height: Int
    }

    /// - Throws: `StoreError`, and what `body` throws.
    package func forEachPicture(_ body: (Picture) throws -> Void) throws {
      try forEachRow(columns: nil) { row in
        try body(
          Picture(
            id: row.value("image_id"), path: row.pathIfAny("path"), width: row.value("width"),
            height: row.value("height")))
      }
    }

    /// - Parameter body: is given each entry with the picture's number in the store.
    /// - Throws: `StoreError`, and what `body` throws.
    package func forEachEntry(_ body: (CaptionExchange, _ picture: Int64) throws -> Void) throws {
      var reader = Reader(database: database, hasEmbeddings: selection.hasEmbeddings)
      let columns = """
        content_hash, picture_hash, images.byte_count, format, captured_at, camera_make, camera_model, latitude,
        longitude, captions.text, captions.confidence, captions.log_probability, captions.words,
        captions.alternatives, captions.model_id, captions.decoding_id, captions.created_at,
        captions.orientation, captions.id AS caption_id
        """
      try forEachRow(columns: columns) { try body(reader.entry($0), $0.value("image_id")) }
    }

    /// - Parameter columns: of the newest caption or of all, beside the picture's; nil for one row
    ///   a picture.
    private func forEachRow(columns: String?, _ body: (Row) throws -> Void) throws {
      var (count, last) = (0, nil as Int64?)
      for hasFile in selection.folder == nil ? [true, false] : [true] {
        let (sql, arguments) = query(columns: columns, hasFile: hasFile)
        let rows = try Row.fetchCursor(database, sql: sql, arguments: arguments)
        while let row = try rows.next() {
          let image: Int64 = try row.value("image_id")
          if image != last { count += 1 }
          if let limit = selection.limit, count > limit { return }
          last = image
          try body(row)
        }
      }
    }

    private func query(columns: String?, hasFile: Bool) -> (String, StatementArguments) {
      var arguments: StatementArguments = [:]
      var ofModel = ""
      if let model = selection.model {
        ofModel = "AND model_id IN (SELECT id FROM models WHERE name = :model)"
        arguments += ["model": model]
      }
      var inFolder = ""
      if let folder = selection.folder {
        let range = PathRange(folder)
        inFolder = "AND path >= :from AND path < :to"
        arguments += ["from": range.lower, "to": range.upper]
      }
      let chosen = inFolder + (selection.hasDatasets ? "" : " AND in_album = 1")
      // Each picture at the first of its paths: these are in order without sorting.
      let isFirst =
        hasFile
        ? """
        WHERE NOT EXISTS (
            SELECT 1 FROM files AS earlier
            WHERE image_id = images.id AND path < files.path \(chosen)) \(chosen)
        """
        : """
        WHERE NOT EXISTS (
            SELECT 1 FROM files WHERE image_id = images.id
            UNION ALL SELECT 1 FROM forgotten_files WHERE image_id = images.id)
        """
      let isShown = Album.counts(madeBy: "captions.run_id", datasets: selection.hasDatasets)
      let machine = """
        captions.image_id = images.id AND origin = 'machine' \(ofModel) AND \(isShown)
        """
      let captions =
        switch (columns, selection.isEveryCaption) {
        case (nil, _): ""
        case (_, true): "LEFT JOIN captions ON \(machine)"
        case (_, false):
          """
          LEFT JOIN captions ON captions.id = (
            SELECT id FROM captions WHERE \(machine) ORDER BY created_at DESC, id DESC LIMIT 1)
          """
        }
      let human =
        selection.model == nil
        ? "OR EXISTS (SELECT 1 FROM captions WHERE image_id = images.id AND origin = 'human')" : ""
      let order =
        (hasFile ? "files.path" : "images.id")
        + (columns != nil && selection.isEveryCaption
          ? ", captions.created_at DESC, captions.id DESC" : "")
      let sql = """
        SELECT \(hasFile ? "files.path" : "NULL AS path"), images.id AS image_id, width, height
          \(columns.map { ", \($0)" } ?? "")
        FROM \(hasFile ? "files CROSS JOIN images ON images.id = files.image_id" : "images")
          \(captions)
        \(isFirst)
          AND (EXISTS (SELECT 1 FROM captions WHERE \(machine)) \(human))
        ORDER BY \(order)
        """
      return (sql, arguments)
    }
  }
}

/// Makes entries of rows, with what stands in other tables.
private struct Reader {
  let database: Database
  let hasEmbeddings: Bool
  private var models: [Int64: CaptionExchange.Model] = [:]
  private var decodings: [Int64: JSONValue] = [:]

  init(database: Database, hasEmbeddings: Bool) {
    self.database = database
    self.hasEmbeddings = hasEmbeddings
  }

  mutating func entry(_ row: Row) throws -> CaptionExchange {
    let image: Int64 = try row.value("image_id")
    var entry = CaptionExchange(path: try row.pathIfAny("path"))
    entry.contentHash = try row.hash("content_hash")
    entry.pictureHash = try row.hashIfAny("picture_hash")
    entry.byteCount = try row.value("byte_count")
    entry.format = try row.value("format")
    (entry.width, entry.height) = try (row.value("width"), row.value("height"))
    entry.files = try files(of: image)
    entry.otherContentHashes = try otherHashes(of: image)
    entry.capturedAt = try row.value("captured_at")
    entry.cameraMake = try row.value("camera_make")
    entry.cameraModel = try row.value("camera_model")
    entry.latitude = try row.value("latitude")
    entry.longitude = try row.value("longitude")
    entry.humanCaptions = try humanCaptions(of: image)
    guard let text = try row.value("text") as String? else { return entry }
    let modelID: Int64 = try row.value("model_id")
    entry.caption = text
    entry.confidence = try row.value("confidence")
    entry.logProbability = try row.value("log_probability")
    entry.words = try row.json("words")
    entry.alternatives = try row.json("alternatives")
    entry.model = try model(modelID)
    entry.decoding = try decoding(row.value("decoding_id"))
    entry.createdAt = try row.value("created_at")
    entry.orientation = try row.value("orientation")
    entry.sentiment = try sentiment(of: row.value("caption_id"))
    if hasEmbeddings {
      entry.embedding = try Data.fetchOne(
        database.cachedStatement(
          sql: "SELECT vector FROM embeddings WHERE model_id = ? AND image_id = ?"),
        arguments: [modelID, image])
    }
    return entry
  }

  private func files(of image: Int64) throws -> [CaptionExchange.File] {
    try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT path, byte_count, modified_nanoseconds, seen_at FROM files
          WHERE image_id = ? ORDER BY path
          """), arguments: [image]
    ).map {
      try CaptionExchange.File(
        path: $0.path("path"), state: $0.fileState(), seenAt: $0.value("seen_at"))
    }
  }

  private func otherHashes(of image: Int64) throws -> [ContentHash] {
    try Data.fetchAll(
      database.cachedStatement(
        sql: "SELECT content_hash FROM image_versions WHERE image_id = ? ORDER BY content_hash"),
      arguments: [image]
    ).map { data in
      guard let hash = ContentHash(data: data) else {
        throw UnreadableValue(column: "content_hash", reason: "is not the 32 bytes of a hash")
      }
      return hash
    }
  }

  private func humanCaptions(of image: Int64) throws -> [CaptionExchange.Human] {
    try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT id, text, source, created_at FROM captions
          WHERE image_id = ? AND origin = 'human' ORDER BY created_at, id
          """), arguments: [image]
    ).map { row in
      CaptionExchange.Human(
        text: try row.value("text"), source: try row.value("source"),
        createdAt: try row.value("created_at"), sentiment: try sentiment(of: row.value("id")))
    }
  }

  private func sentiment(of caption: Int64) throws -> CaptionExchange.LabelledText? {
    try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT s.label, probability, probabilities, created_at, name, content_hash
          FROM caption_sentiments JOIN sentiments AS s USING (text_id, model_id)
          JOIN sentiment_models AS m ON m.id = model_id WHERE caption_id = ?
          """), arguments: [caption]
    ).map { row in
      CaptionExchange.LabelledText(
        try SentimentLabel(row: row), model: try row.value("name"),
        modelHash: try row.hash("content_hash"), createdAt: try row.value("created_at"))
    }
  }

  /// The model; with its configuration the first time only.
  private mutating func model(_ id: Int64) throws -> CaptionExchange.Model {
    if let model = models[id] { return model }
    let row = try Row.fetchOne(
      database, sql: "SELECT name, content_hash, configuration FROM models WHERE id = ?",
      arguments: [id])
    guard let row else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a caption without its model")
    }
    let model = CaptionExchange.Model(
      name: try row.value("name"), hash: try row.hash("content_hash"))
    models[id] = model
    var complete = model
    complete.configuration = try row.anyJSON("configuration")
    return complete
  }

  private mutating func decoding(_ id: Int64) throws -> JSONValue? {
    if let decoding = decodings[id] { return decoding }
    let decoding = try String.fetchOne(
      database, sql: "SELECT options FROM decodings WHERE id = ?", arguments: [id]
    ).map { try StoredJSON.value(of: $0, column: "options") }
    decodings[id] = decoding
    return decoding
  }
}
