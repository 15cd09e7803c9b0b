internal import Foundation
internal import GRDB

/// What the captions in a store are like.
package struct StoreStatistics: Equatable, Sendable, Encodable {
  /// Something, and how often it occurs.
  package struct Count: Equatable, Sendable, Encodable {
    package let name: String
    package let count: Int
  }

  package let pictures: Int
  package let files: Int
  package let openFailures: Int
  package let humanCaptions: Int
  package let captionsByModel: [Count]
  /// Of people's captions and models', as far as they were labelled.
  package let captionsBySentiment: [Count]
  package let runsByKind: [Count]
  /// Of models' captions, in tenths from 0 to 1.
  package let confidence: [Int]
  /// The mean number of words in a model's caption; null where there is none.
  package let meanWords: Double?
  /// Those of models' captions that occur most, with the number of captions that have them.
  package let frequentWords: [Count]
  /// By the capture time.
  package let picturesByYear: [Count]

  enum CodingKeys: String, CodingKey {
    case pictures, files, confidence
    case openFailures = "open_failures"
    case humanCaptions = "human_captions"
    case captionsByModel = "captions_by_model"
    case captionsBySentiment = "captions_by_sentiment"
    case runsByKind = "runs_by_kind"
    case meanWords = "mean_words"
    case frequentWords = "frequent_words"
    case picturesByYear = "pictures_by_year"
  }
}

extension Store {
  /// - Parameters:
  ///   - words: how many of the most frequent words to tell.
  ///   - datasets: counts also pictures that only evaluations have entered.
  /// - Throws: `StoreError`.
  package func statistics(words: Int = 20, datasets: Bool = false) throws -> StoreStatistics {
    let shown =
      Album.shows("captions.image_id", datasets: datasets)
      + " AND " + Album.counts(madeBy: "captions.run_id", datasets: datasets)
    return try read { database in
      func number(_ sql: String) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM \(sql)") ?? 0
      }
      func counts(_ sql: String, _ arguments: StatementArguments = []) throws
        -> [StoreStatistics.Count]
      {
        try Row.fetchAll(database, sql: sql, arguments: arguments).map {
          StoreStatistics.Count(name: try $0.value("name"), count: try $0.value("count"))
        }
      }
      var confidence = [Int](repeating: 0, count: 10)
      for row in try Row.fetchAll(
        database,
        sql: """
          SELECT min(9, CAST(confidence * 10 AS INTEGER)) AS tenth, count(*) AS count
          FROM captions WHERE origin = 'machine' AND \(shown) GROUP BY tenth
          """)
      {
        let tenth: Int = try row.value("tenth")
        guard confidence.indices.contains(tenth) else {
          throw UnreadableValue(column: "confidence", reason: "is not from 0 to 1")
        }
        confidence[tenth] = try row.value("count")
      }
      return StoreStatistics(
        pictures: try number("images WHERE \(Album.shows("images.id", datasets: datasets))"),
        files: try number(datasets ? "files" : "files WHERE in_album = 1"),
        openFailures: try number(
          "failures WHERE closed_at IS NULL AND "
            + Album.counts(madeBy: "run_id", datasets: datasets)),
        humanCaptions: try number("captions WHERE origin = 'human' AND \(shown)"),
        captionsByModel: try counts(
          """
          SELECT name, count(*) AS count FROM captions JOIN models ON models.id = model_id
          WHERE \(shown) GROUP BY model_id ORDER BY name
          """),
        captionsBySentiment: try database.captionsBySentiment(where: shown),
        runsByKind: try counts(
          "SELECT kind AS name, count(*) AS count FROM runs GROUP BY kind ORDER BY kind"),
        confidence: confidence,
        meanWords: try Double.fetchOne(
          database,
          sql: """
            SELECT avg(json_array_length(words)) FROM captions WHERE origin = 'machine' AND \(shown)
            """),
        frequentWords: try counts(
          """
          SELECT json_extract(word.value, '$.word') AS name,
            count(DISTINCT captions.id) AS count
          FROM captions, json_each(words) AS word
          WHERE origin = 'machine' AND \(shown)
          GROUP BY name ORDER BY count DESC, name LIMIT ?
          """, [words]),
        picturesByYear: try counts(
          """
          SELECT substr(captured_at, 1, 4) AS name, count(*) AS count FROM images
          WHERE captured_at IS NOT NULL AND \(Album.shows("images.id", datasets: datasets))
          GROUP BY name ORDER BY name
          """))
    }
  }
  /// How many captions have each label, in the order of the labels.
  ///
  /// - Throws: `StoreError`.
  package func captionsBySentiment() throws -> [StoreStatistics.Count] {
    try read { try $0.captionsBySentiment(where: "TRUE") }
  }
}

extension Database {
  /// - Parameter condition: SQL about `captions`.
  fileprivate func captionsBySentiment(where condition: String) throws -> [StoreStatistics.Count] {
    try Row.fetchAll(
      self,
      sql: """
        SELECT label AS name, count(*) AS count
        FROM caption_sentiments JOIN captions ON captions.id = caption_id
        WHERE \(condition) GROUP BY label ORDER BY label
        """
    ).map { StoreStatistics.Count(name: try $0.value("name"), count: try $0.value("count")) }
  }
}
