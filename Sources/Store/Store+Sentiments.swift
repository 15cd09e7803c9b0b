internal import Foundation
internal import GRDB

extension Store {
  /// How much of a text is kept with its result, in bytes of UTF-8; its hash is that of the whole.
  package static let longestSentimentText = 1 << 16

  /// Keeps what a model made of texts that a person gave it. What it made of the same text before
  /// stays.
  ///
  /// - Throws: `StoreError`, `.inconsistent` where a probability is not from 0 to 1.
  package func enter(
    _ results: [(text: String, sentiment: SentimentLabel)], by model: SentimentModel
  )
    throws
  {
    try write { database in
      let model = try database.enter(model)
      let now = Timestamp.now.text
      for (text, sentiment) in results {
        let id = try database.enter(SentimentText(text), isGiven: true)
        try database.enter(sentiment, ofText: id, model: model, at: now)
      }
    }
  }

  /// What the model made of the text before; nil where the store has no such result.
  ///
  /// - Throws: `StoreError`.
  package func sentiment(of text: String, by model: ContentHash) throws -> SentimentLabel? {
    try read { database in
      guard let model = try database.sentimentModel(model) else { return nil }
      return try database.sentiment(ofText: SentimentText(text).hash, model: model)
    }
  }

  /// The results for texts that people gave, the latest texts first.
  ///
  /// - Parameter limit: how many at most; nil for all.
  /// - Throws: `StoreError`.
  package func sentiments(limit: Int?) throws -> [StoredSentiment] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT text, byte_count, label, probability, probabilities, name, created_at
          FROM sentiment_texts AS t JOIN sentiments ON text_id = t.id
          JOIN sentiment_models AS m ON m.id = model_id
          WHERE is_given = 1 ORDER BY t.id DESC, created_at DESC LIMIT ?
          """, arguments: [limit ?? -1]
      ).map { row in
        StoredSentiment(
          text: try row.value("text"), byteCount: try row.value("byte_count"),
          sentiment: try SentimentLabel(row: row), model: try row.value("name"),
          createdAt: try row.value("created_at"))
      }
    }
  }
}

/// A text, as results are found by it.
struct SentimentText {
  let text: String
  let hash: ContentHash

  init(_ text: String) {
    self.text = text
    hash = ContentHash(of: Array(text.utf8))
  }

  /// As much of it as is kept.
  var kept: String {
    guard text.utf8.count > Store.longestSentimentText else { return text }
    let end = text.utf8.index(text.startIndex, offsetBy: Store.longestSentimentText)
    // Down to the beginning of the scalar that lies across.
    return String(text.unicodeScalars[..<end])
  }
}

extension SentimentModel {
  fileprivate var labelsAsStored: String { get throws { try json(labels) } }
}

extension SentimentLabel {
  fileprivate var probabilitiesAsStored: String { get throws { try json(probabilities) } }

  /// - Parameter row: of the columns of `sentiments` that it has.
  init(row: Row) throws {
    self.init(
      label: try row.value("label"), probability: try row.value("probability"),
      probabilities: try row.json("probabilities"))
  }
}

extension Database {
  /// The number of a model, which is entered where it is new; labels that it has got are added.
  func enter(_ model: SentimentModel) throws -> Int64 {
    let known = try Row.fetchOne(
      cachedStatement(
        sql: "SELECT id, name, labels FROM sentiment_models WHERE content_hash = ?"),
      arguments: [model.contentHash.data])
    guard let known else {
      try execute(
        sql: """
          INSERT INTO sentiment_models (name, content_hash, labels, added_at) VALUES (?, ?, ?, ?)
          """,
        arguments: [
          model.name, model.contentHash.data, try model.labelsAsStored, Timestamp.now.text,
        ])
      return lastInsertedRowID
    }
    let labels: [String] = try known.json("labels")
    let all = SentimentModel(
      name: model.name, contentHash: model.contentHash,
      labels: labels + model.labels.filter { !labels.contains($0) })
    if try known.value("name") != all.name || labels != all.labels {
      try execute(
        sql: "UPDATE sentiment_models SET name = ?, labels = ? WHERE id = ?",
        arguments: [all.name, all.labelsAsStored, known.value("id") as Int64])
    }
    return try known.value("id")
  }

  func sentimentModel(_ content: ContentHash) throws -> Int64? {
    try Int64.fetchOne(
      cachedStatement(sql: "SELECT id FROM sentiment_models WHERE content_hash = ?"),
      arguments: [content.data])
  }

  func sentiment(ofText hash: ContentHash, model: Int64) throws -> SentimentLabel? {
    try Row.fetchOne(
      cachedStatement(
        sql: """
          SELECT label, probability, probabilities
          FROM sentiment_texts AS t JOIN sentiments ON text_id = t.id
          WHERE content_hash = ? AND model_id = ?
          """), arguments: [hash.data, model]
    ).map(SentimentLabel.init(row:))
  }

  /// The number of a text, which is entered where it is new.
  ///
  /// - Parameter isGiven: by a person, so that it stays without a caption.
  func enter(_ text: SentimentText, isGiven: Bool) throws -> Int64 {
    let known = try Row.fetchOne(
      cachedStatement(sql: "SELECT id, is_given FROM sentiment_texts WHERE content_hash = ?"),
      arguments: [text.hash.data])
    if let known {
      let id: Int64 = try known.value("id")
      if isGiven, try known.value("is_given") == 0 {
        try execute(
          sql: "UPDATE sentiment_texts SET is_given = 1 WHERE id = ?", arguments: [id])
      }
      return id
    }
    try cachedStatement(
      sql: """
        INSERT INTO sentiment_texts (content_hash, byte_count, text, is_given) VALUES (?, ?, ?, ?)
        """
    ).execute(arguments: [text.hash.data, text.text.utf8.count, text.kept, isGiven])
    return lastInsertedRowID
  }

  /// Enters a result, unless there is one.
  func enter(_ sentiment: SentimentLabel, ofText text: Int64, model: Int64, at time: String) throws
  {
    try cachedStatement(
      sql: """
        INSERT INTO sentiments (text_id, model_id, label, probability, probabilities, created_at)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """
    ).execute(arguments: [
      text, model, sentiment.label, sentiment.probability, try sentiment.probabilitiesAsStored,
      time,
    ])
  }

  /// Gives a caption the label that its text has, if there is such a result.
  ///
  /// - Returns: whether that is new.
  func label(caption: Int64, text: ContentHash, model: Int64) throws -> Bool {
    try cachedStatement(
      sql: """
        INSERT INTO caption_sentiments (caption_id, text_id, model_id, label)
        SELECT ?, text_id, model_id, label
        FROM sentiment_texts AS t JOIN sentiments ON text_id = t.id
        WHERE content_hash = ? AND model_id = ?
        ON CONFLICT DO UPDATE SET text_id = excluded.text_id, model_id = excluded.model_id,
          label = excluded.label
        WHERE model_id <> excluded.model_id
        """
    ).execute(arguments: [caption, text.data, model])
    return changesCount > 0
  }
}
