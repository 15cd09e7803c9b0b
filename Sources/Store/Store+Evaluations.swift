internal import Foundation
internal import GRDB
public import SystemPackage

/// Work that was begun, and what became of it.
public struct RunSummary: Equatable, Sendable, Encodable {
  public let id: Int64
  public let kind: RunKind
  /// `running` also where the program ended without a word.
  public let state: String
  public let model: String?
  public let counts: RunCounts
  /// UTC.
  public let startedAt: String
  public let finishedAt: String?

  enum CodingKeys: String, CodingKey {
    case id, kind, state, model, captioned, skipped, failed
    case startedAt = "started_at"
    case finishedAt = "finished_at"
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(id, forKey: .id)
    try values.encode(kind.rawValue, forKey: .kind)
    try values.encode(state, forKey: .state)
    try values.encodeIfPresent(model, forKey: .model)
    try values.encode(counts.captioned, forKey: .captioned)
    try values.encode(counts.skipped, forKey: .skipped)
    try values.encode(counts.failed, forKey: .failed)
    try values.encode(startedAt, forKey: .startedAt)
    try values.encodeIfPresent(finishedAt, forKey: .finishedAt)
  }
}

/// A model's captions of a dataset's split, scored.
public struct Evaluation: Equatable, Sendable, Encodable {
  /// The run's number.
  public let run: Int64
  public let startedAt: String
  public let dataset: String
  public let split: String
  public let model: String
  public let modelHash: ContentHash
  /// How the captions were searched for.
  public let decoding: JSONValue
  /// What was measured, and how.
  public let protocolNotes: JSONValue
  /// Over the whole split, by the metrics' names.
  public let scores: [String: Double]
  public let imageCount: Int

  enum CodingKeys: String, CodingKey {
    case run, dataset, split, model, decoding, scores
    case startedAt = "started_at"
    case modelHash = "model_hash"
    case protocolNotes = "protocol"
    case imageCount = "images"
  }
}

/// A photo of an evaluation.
public struct EvaluatedItem: Equatable, Sendable {
  /// The item's number in the store: the same in all evaluations of its dataset.
  public let item: Int64
  /// What the dataset calls the photo.
  public let name: String
  public let externalID: Int64?
  public let path: FilePath?
  public let references: [String]
  public let candidate: String
  /// By the metrics' names.
  public let scores: [String: Double]
}

extension Store {
  /// Enters what a run of kind `.evaluation` came to, in one transaction.
  ///
  /// - Parameters:
  ///   - protocolNotes: what was measured and how, as JSON.
  ///   - scores: over the whole split, by the metrics' names.
  ///   - items: the dataset's items with their captions and scores.
  /// - Throws: `StoreError`.
  public func enterEvaluation(
    run: Int64, dataset: Int64, split: String, protocolNotes: String, scores: [String: Double],
    items: [(item: Int64, candidate: String, scores: [String: Double])]
  ) throws {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO evaluations (run_id, dataset_id, split, protocol, scores)
          VALUES (?, ?, ?, ?, ?)
          """, arguments: [run, dataset, split, protocolNotes, try json(scores)])
      let statement = try database.cachedStatement(
        sql: """
          INSERT INTO evaluation_items (run_id, item_id, candidate, scores) VALUES (?, ?, ?, ?)
          """)
      for item in items {
        try statement.execute(arguments: [run, item.item, item.candidate, try json(item.scores)])
      }
    }
  }

  /// All runs, the latest first.
  ///
  /// - Throws: `StoreError`.
  public func runs() throws -> [RunSummary] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT runs.*, models.name AS model FROM runs LEFT JOIN models ON models.id = model_id
          ORDER BY runs.id DESC
          """
      ).map(RunSummary.init(row:))
    }
  }

  /// All evaluations, the latest first.
  ///
  /// - Throws: `StoreError`.
  public func evaluations() throws -> [Evaluation] {
    try read { database in
      try Row.fetchAll(database, sql: Evaluation.selection + " ORDER BY e.run_id DESC")
        .map(Evaluation.init(row:))
    }
  }

  /// The evaluation of that number; nil where there is none.
  ///
  /// - Throws: `StoreError`.
  public func evaluation(_ run: Int64) throws -> Evaluation? {
    try read { database in
      try Row.fetchOne(
        database, sql: Evaluation.selection + " WHERE e.run_id = ?", arguments: [run]
      )
      .map(Evaluation.init(row:))
    }
  }

  /// The photos of an evaluation in the order of their items.
  ///
  /// - Throws: `StoreError`.
  public func evaluatedItems(of run: Int64) throws -> [EvaluatedItem] {
    try read { database in
      var references: [Int64: [String]] = [:]
      for row in try Row.fetchAll(
        database,
        sql: """
          SELECT item_id, text FROM dataset_references
          WHERE item_id IN (SELECT item_id FROM evaluation_items WHERE run_id = ?)
          ORDER BY item_id, position
          """, arguments: [run])
      {
        references[row["item_id"], default: []].append(row["text"])
      }
      let decoder = JSONDecoder()
      return try Row.fetchAll(
        database,
        sql: """
          SELECT i.id, i.name, i.external_id, i.path, e.candidate, e.scores
          FROM evaluation_items e JOIN dataset_items i ON i.id = e.item_id
          WHERE e.run_id = ? ORDER BY i.id
          """, arguments: [run]
      ).map { row in
        EvaluatedItem(
          item: row["id"], name: row["name"], externalID: row["external_id"],
          path: (row["path"] as Data?).map { FilePath(data: $0) },
          references: references[row["id"]] ?? [], candidate: row["candidate"],
          scores: try decoder.decode([String: Double].self, from: row["scores"]))
      }
    }
  }

  /// Takes an evaluation out of the store; the captions stay.
  ///
  /// - Returns: whether there was one.
  /// - Throws: `StoreError`.
  public func removeEvaluation(_ run: Int64) throws -> Bool {
    try write { database in
      try database.execute(sql: "DELETE FROM evaluations WHERE run_id = ?", arguments: [run])
      return database.changesCount > 0
    }
  }
}

extension RunSummary {
  /// - Parameter row: of `runs`, with the model's name.
  fileprivate init(row: Row) {
    id = row["id"]
    kind = RunKind(rawValue: row["kind"]) ?? .batch
    state = row["state"]
    model = row["model"]
    counts = RunCounts(captioned: row["captioned"], skipped: row["skipped"], failed: row["failed"])
    startedAt = row["started_at"]
    finishedAt = row["finished_at"]
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
  /// - Throws: `DecodingError` where the JSON in it is not of that form.
  fileprivate init(row: Row) throws {
    run = row["run_id"]
    startedAt = row["started_at"]
    dataset = row["dataset"]
    split = row["split"]
    model = row["model"]
    guard let hash = ContentHash(data: row["content_hash"]) else {
      preconditionFailure("the schema lets only whole hashes in")
    }
    modelHash = hash
    decoding = try JSONValue(text: row["options"])
    protocolNotes = try JSONValue(text: row["protocol"])
    scores = try JSONDecoder().decode([String: Double].self, from: row["scores"])
    imageCount = row["images"]
  }
}
