package import Files
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
      let now = Timestamp.now.text
      let model = try database.number(
        entering: SentimentModelRow(model, at: now), onConflict: SentimentModelRow.replacing)
      for (text, sentiment) in results {
        try database.enter(
          sentiment, of: SentimentText(text), isGiven: true, model: model, at: now)
      }
    }
  }

  /// What the model made of the text before; nil where the store has no such result.
  ///
  /// - Throws: `StoreError`.
  package func sentiment(of text: String, by model: ContentHash) throws -> SentimentLabel? {
    try read { database in
      guard let model = try database.number(of: SentimentModelRow.self, model.data) else {
        return nil
      }
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
        try StoredSentiment(
          text: row.value("text"), byteCount: row.value("byte_count"), label: row.value("label"),
          probability: row.value("probability"), probabilities: row.json("probabilities"),
          model: row.value("name"), createdAt: row.value("created_at"))
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

extension SentimentLabel {
  /// - Parameter row: of the columns of `sentiments` that it has.
  init(row: Row) throws {
    self.init(
      label: try row.value("label"), probability: try row.value("probability"),
      probabilities: try row.json("probabilities"))
  }
}

extension Database {
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

  /// Enters what a model made of a text, unless there is such a result.
  ///
  /// - Parameter isGiven: whether a person gave the text, so that it stays without a caption.
  func enter(
    _ sentiment: SentimentLabel, of text: SentimentText, isGiven: Bool, model: Int64,
    at time: String
  ) throws {
    let id = try number(
      entering: SentimentTextRow(text: text, isGiven: isGiven), onConflict: SentimentTextRow.given)
    try enter(
      SentimentRow(sentiment, ofText: id, model: model, at: time), onConflict: SentimentRow.kept)
  }

  /// Gives a caption the label that its text has, if there is such a result.
  ///
  /// - Returns: whether that is new.
  func label(caption: Int64, text: ContentHash, model: Int64) throws -> Bool {
    try cachedStatement(sql: Self.labelling).execute(arguments: [caption, text.data, model])
    return changesCount > 0
  }

  private static let labelling = CaptionSentimentRow.ofAnotherModel.entering(
    from: """
      sentiment_texts AS t JOIN sentiments ON text_id = t.id WHERE content_hash = ? AND model_id = ?
      """, ["caption_id": "?"])
}
