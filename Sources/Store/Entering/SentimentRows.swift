internal import Files
internal import Foundation
internal import GRDB

struct SentimentModelRow: NumberedRow {
  let name: String
  let content: ContentHash
  /// As JSON.
  let labels: String
  let addedAt: String

  init(_ model: SentimentModel, at time: String) throws {
    (name, content) = (model.name, model.contentHash)
    labels = try json(model.labels)
    addedAt = time
  }

  static let key = "content_hash"
  var keyValue: any DatabaseValueConvertible { content.data }

  static let table = "sentiment_models"
  static let values: Columns = [
    ("name", { $0.name }), ("content_hash", { $0.content.data }), ("labels", { $0.labels }),
    ("added_at", { $0.addedAt }),
  ]
  /// A model is called as it is called now, and has all labels that were ever told of it.
  static let replacing = rule("name = excluded.name, ", unless: "name = excluded.name AND ")
  /// Of a model that is there, only labels that were not known are new.
  static let completing = rule("", unless: "")

  private static func rule(_ name: String, unless isNamed: String) -> ConflictRule<Self> {
    let new = """
      FROM json_each(excluded.labels) AS told
      WHERE told.value NOT IN (SELECT value FROM json_each(sentiment_models.labels))
      """
    return ConflictRule(
      """
      ON CONFLICT (content_hash) DO UPDATE SET \(name)labels = (
        SELECT json_group_array(value) FROM (
          SELECT value FROM json_each(sentiment_models.labels) UNION ALL SELECT value \(new)))
      WHERE NOT (\(isNamed)NOT EXISTS (SELECT 1 \(new)))
      """)
  }
}

struct SentimentTextRow: NumberedRow {
  let text: SentimentText
  /// By a person, so that it stays without a caption.
  let isGiven: Bool

  static let key = "content_hash"
  var keyValue: any DatabaseValueConvertible { text.hash.data }

  static let table = "sentiment_texts"
  static let values: Columns = [
    ("content_hash", { $0.text.hash.data }), ("byte_count", { $0.text.text.utf8.count }),
    ("text", { $0.text.kept }), ("is_given", { $0.isGiven }),
  ]
  /// What a person gave once stays.
  static let given = ConflictRule<Self>(
    "ON CONFLICT DO UPDATE SET is_given = 1 WHERE is_given = 0 AND excluded.is_given = 1")
}

struct SentimentRow: TableRow {
  let text: Int64
  let model: Int64
  let sentiment: SentimentLabel
  let probabilities: String
  let createdAt: String

  init(_ sentiment: SentimentLabel, ofText text: Int64, model: Int64, at time: String) throws {
    (self.text, self.model, self.sentiment) = (text, model, sentiment)
    probabilities = try json(sentiment.probabilities)
    createdAt = time
  }

  static let table = "sentiments"
  static let values: Columns = [
    ("text_id", { $0.text }), ("model_id", { $0.model }), ("label", { $0.sentiment.label }),
    ("probability", { $0.sentiment.probability }), ("probabilities", { $0.probabilities }),
    ("created_at", { $0.createdAt }),
  ]
  static let kept = ConflictRule<Self>.kept
}

/// The label of a caption: that of its text.
enum CaptionSentimentRow: StoreTable {
  static let table = "caption_sentiments"
  static let columns = ["caption_id", "text_id", "model_id", "label"]
  static let kept = ConflictRule<Self>.kept
  /// The label of the model that is asked now counts.
  static let ofAnotherModel = ConflictRule<Self>(
    """
    ON CONFLICT DO UPDATE SET \(ConflictRule<Self>.taking(["text_id", "model_id", "label"]))
    WHERE model_id <> excluded.model_id
    """)
}
