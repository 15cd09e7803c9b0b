package import Files
internal import Foundation
internal import GRDB

/// Work that was begun, and what became of it.
package struct RunSummary: Equatable, Sendable, Encodable {
  package let id: Int64
  package let kind: RunKind
  /// Of an evaluation, the number by which people call it.
  package let evaluation: Int64?
  /// `running` also where the program ended without a word.
  package let state: String
  package let model: String?
  package let captioned: Int
  package let skipped: Int
  package let failed: Int
  /// UTC.
  package let startedAt: String
  package let finishedAt: String?

  enum CodingKeys: String, CodingKey {
    case id, kind, evaluation, state, model, captioned, skipped, failed
    case startedAt = "started_at"
    case finishedAt = "finished_at"
  }
}

/// A model's captions of a dataset's split, scored.
package struct Evaluation: Equatable, Sendable, Encodable {
  /// By which people call it; from 1 up.
  package let number: Int64
  /// The number of the run among all that was ever begun in the store.
  package let storeRun: Int64
  package let startedAt: String
  package let dataset: String
  package let split: String
  package let model: String
  package let modelHash: ContentHash
  /// How the captions were searched for.
  package let decoding: JSONValue
  /// What was measured, and how.
  package let protocolNotes: JSONValue
  /// Over the whole split, by the metrics' names.
  package let scores: [String: Double]
  package let imageCount: Int

  enum CodingKeys: String, CodingKey {
    case dataset, split, model, decoding, scores
    case number = "run"
    case storeRun = "store_run"
    case startedAt = "started_at"
    case modelHash = "model_hash"
    case protocolNotes = "protocol"
    case imageCount = "images"
  }
}

/// A photo of an evaluation.
package struct EvaluatedPhoto: Equatable, Sendable {
  package let item: DatasetItem
  package let candidate: String
  /// By the metrics' names.
  package let scores: [String: Double]

  package init(item: DatasetItem, candidate: String, scores: [String: Double]) {
    self.item = item
    self.candidate = candidate
    self.scores = scores
  }
}

extension Store {
  /// Enters what a run of kind `.evaluation` came to, in one transaction.
  ///
  /// - Parameters:
  ///   - run: the run's number in the store.
  ///   - dataset: the name of the dataset.
  ///   - protocolNotes: what was measured and how, as JSON.
  ///   - scores: over the whole split, by the metrics' names.
  ///   - photos: items of the dataset with their captions and scores.
  /// - Returns: the evaluation's number.
  /// - Throws: `StoreError`.
  @discardableResult
  package func enterEvaluation(
    run: Int64, dataset: String, split: String, protocolNotes: String, scores: [String: Double],
    photos: [EvaluatedPhoto]
  ) throws -> Int64 {
    try write { database in
      let last = try Int64.fetchOne(database, sql: "SELECT max(number) FROM evaluations") ?? 0
      guard last < .max else {
        throw UnreadableValue(column: "number", reason: "is too large to count on from")
      }
      let number = last + 1
      try database.execute(
        sql: """
          INSERT INTO evaluations (run_id, dataset_id, split, protocol, scores, number)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          run, database.datasetID(of: dataset, in: path), split, protocolNotes, json(scores),
          number,
        ])
      let statement = try database.cachedStatement(
        sql: "INSERT INTO evaluation_items (run_id, item_id, candidate, scores) VALUES (?, ?, ?, ?)"
      )
      for photo in photos {
        try statement.execute(
          arguments: [run, photo.item.id, photo.candidate, json(photo.scores)])
      }
      return number
    }
  }

  /// All runs, the latest first.
  ///
  /// - Throws: `StoreError`.
  package func runs() throws -> [RunSummary] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT runs.*, models.name AS model, number FROM runs
          LEFT JOIN models ON models.id = model_id LEFT JOIN evaluations ON run_id = runs.id
          ORDER BY runs.id DESC
          """
      ).map(RunSummary.init(row:))
    }
  }

  /// All evaluations, the latest first.
  ///
  /// - Throws: `StoreError`.
  package func evaluations() throws -> [Evaluation] {
    try read { database in
      try Row.fetchAll(database, sql: Evaluation.selection + " ORDER BY e.number DESC")
        .map(Evaluation.init(row:))
    }
  }

  /// The evaluation of that number; nil where there is none.
  ///
  /// - Throws: `StoreError`.
  package func evaluation(_ number: Int64) throws -> Evaluation? {
    try read { database in
      try Row.fetchOne(
        database, sql: Evaluation.selection + " WHERE e.number = ?", arguments: [number]
      ).map(Evaluation.init(row:))
    }
  }

  /// The number of the evaluation whose run has a number among all runs, by which evaluations were
  /// called before they were numbered by themselves; nil where there is none.
  ///
  /// - Throws: `StoreError`.
  package func evaluation(ofStoreRun run: Int64) throws -> Int64? {
    try read {
      try Int64.fetchOne(
        $0, sql: "SELECT number FROM evaluations WHERE run_id = ?", arguments: [run])
    }
  }

  /// The photos of an evaluation in the order of the dataset.
  ///
  /// - Throws: `StoreError`.
  package func evaluatedPhotos(of number: Int64) throws -> [EvaluatedPhoto] {
    try read { database in
      let row = try Row.fetchOne(
        database, sql: "SELECT run_id, dataset_id, split FROM evaluations WHERE number = ?",
        arguments: [number])
      guard let row else { return [] }
      let run: Int64 = try row.value("run_id")
      var results: [Int64: (candidate: String, scores: [String: Double])] = [:]
      for row in try Row.fetchAll(
        database, sql: "SELECT item_id, candidate, scores FROM evaluation_items WHERE run_id = ?",
        arguments: [run])
      {
        results[try row.value("item_id")] = (
          try row.value("candidate"), try row.json("scores")
        )
      }
      var photos: [EvaluatedPhoto] = []
      try database.forEachDatasetItem(of: row.value("dataset_id"), split: row.value("split")) {
        item in
        guard let result = results[item.id] else { return }
        photos.append(
          EvaluatedPhoto(item: item, candidate: result.candidate, scores: result.scores))
      }
      return photos
    }
  }

  /// Takes an evaluation out of the store; the captions stay.
  ///
  /// - Returns: whether there was one.
  /// - Throws: `StoreError`.
  package func removeEvaluation(_ number: Int64) throws -> Bool {
    try write { database in
      let run = try Int64.fetchOne(
        database, sql: "SELECT run_id FROM evaluations WHERE number = ?", arguments: [number])
      try database.deleteRuns(run.map { [$0] } ?? [])
      return run != nil
    }
  }
}

extension RunSummary {
  /// - Parameter row: of `runs`, with the model's name.
  fileprivate init(row: Row) throws {
    id = try row.value("id")
    kind = try row.choice("kind")
    evaluation = try row.value("number")
    state = try row.value("state")
    model = try row.value("model")
    captioned = try row.value("captioned")
    skipped = try row.value("skipped")
    failed = try row.value("failed")
    startedAt = try row.value("started_at")
    finishedAt = try row.value("finished_at")
  }
}

extension Evaluation {
  fileprivate static let selection = """
    SELECT e.*, r.started_at, d.name AS dataset, m.name AS model, m.content_hash, g.options,
      (SELECT count(*) FROM evaluation_items i WHERE i.run_id = e.run_id) AS images
    FROM evaluations e JOIN runs r ON r.id = e.run_id JOIN datasets d ON d.id = e.dataset_id
      JOIN models m ON m.id = r.model_id JOIN decodings g ON g.id = r.decoding_id
    """

  /// - Parameter row: of `selection`.
  /// - Throws: `UnreadableValue`.
  fileprivate init(row: Row) throws {
    number = try row.value("number")
    storeRun = try row.value("run_id")
    startedAt = try row.value("started_at")
    dataset = try row.value("dataset")
    split = try row.value("split")
    model = try row.value("model")
    modelHash = try row.hash("content_hash")
    decoding = try row.anyJSON("options")
    protocolNotes = try row.anyJSON("protocol")
    scores = try row.json("scores")
    imageCount = try row.value("images")
  }
}
