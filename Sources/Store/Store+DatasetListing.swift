internal import Foundation
internal import GRDB
internal import SystemPackage

extension Store {
  /// All datasets, in alphabetical order.
  ///
  /// - Throws: `StoreError`.
  package func datasets() throws -> [DatasetSummary] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM datasets ORDER BY name")
        .map { try database.summary(of: $0) }
    }
  }

  /// - Throws: `StoreError`, among them `.noDataset`.
  package func dataset(named name: String) throws -> DatasetSummary {
    try read { database in
      let id = try database.datasetID(of: name, in: path)
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM datasets WHERE id = ?", arguments: [id])
      guard let row else { throw UnreadableValue.lost("a dataset") }
      return try database.summary(of: row)
    }
  }

  /// The photos of a dataset with their captions, in the order of their import.
  ///
  /// - Parameter split: nil for all.
  /// - Throws: `StoreError`, among them `.noDataset` and `.noSplit`.
  package func datasetItems(of name: String, split: String?) throws -> [DatasetItem] {
    var items: [DatasetItem] = []
    try forEachDatasetItem(of: name, split: split) { items.append($0) }
    return items
  }

  /// Calls `body` with each photo of a dataset, in the order of their import.
  ///
  /// - Parameter split: nil for all.
  /// - Throws: `StoreError`, among them `.noDataset` and `.noSplit`, and what `body` throws.
  package func forEachDatasetItem(
    of name: String, split: String?, _ body: (DatasetItem) throws -> Void
  ) throws {
    try read { database in
      let id = try database.datasetID(of: name, in: path)
      if let split {
        let known = try database.splits(of: id).map(\.name)
        guard known.contains(split) else {
          throw StoreError.noSplit(path: path, dataset: name, split: split, known: known)
        }
      }
      try database.forEachDatasetItem(of: id, split: split, body)
    }
  }

  /// What was wrong with a dataset's files, in their order.
  ///
  /// - Throws: `StoreError`, among them `.noDataset`.
  package func datasetProblems(of name: String) throws -> [DatasetProblemRecord] {
    try read { try $0.datasetProblems(of: $0.datasetID(of: name, in: path)) }
  }
}

extension Database {
  func forEachDatasetItem(
    of dataset: Int64, split: String?, _ body: (DatasetItem) throws -> Void
  ) throws {
    // One row a caption, in the order of both primary keys: nothing has to be sorted.
    let rows = try Row.fetchCursor(
      self,
      sql: """
        SELECT id, name, external_id, split, path, text
        FROM dataset_items CROSS JOIN dataset_references ON item_id = id
        WHERE dataset_id = ? AND (?2 IS NULL OR split = ?2) ORDER BY id, position
        """, arguments: [dataset, split])
    var item: DatasetItem?
    var references: [String] = []
    func finish() throws {
      guard let item else { return }
      try body(
        DatasetItem(
          id: item.id, name: item.name, externalID: item.externalID, split: item.split,
          path: item.path, references: references))
    }
    while let row = try rows.next() {
      let id: Int64 = try row.value("id")
      if id != item?.id {
        try finish()
        references = []
        item = DatasetItem(
          id: id, name: try row.value("name"), externalID: try row.value("external_id"),
          split: try row.value("split"), path: try row.pathIfAny("path"), references: [])
      }
      references.append(try row.value("text"))
    }
    try finish()
  }

  func datasetProblems(of dataset: Int64) throws -> [DatasetProblemRecord] {
    try Row.fetchAll(
      self, sql: "SELECT * FROM dataset_problems WHERE dataset_id = ? ORDER BY position",
      arguments: [dataset]
    ).map {
      DatasetProblemRecord(
        kind: try $0.value("kind"), file: try $0.value("file"), place: try $0.value("place"),
        detail: try $0.value("detail"))
    }
  }

  /// In the order in which they are met in the dataset.
  fileprivate func splits(of dataset: Int64) throws -> [DatasetSummary.Split] {
    try Row.fetchAll(
      self,
      sql: """
        SELECT split, count(*) AS photos, count(path) AS found, sum(captions) AS captions
        FROM (
          SELECT id, split, path,
            (SELECT count(*) FROM dataset_references WHERE item_id = id) AS captions
          FROM dataset_items WHERE dataset_id = ?)
        GROUP BY split ORDER BY min(id)
        """, arguments: [dataset]
    ).map {
      DatasetSummary.Split(
        name: try $0.value("split"), photos: try $0.value("photos"),
        found: try $0.value("found"), captions: try $0.value("captions"))
    }
  }

  fileprivate func summary(of row: Row) throws -> DatasetSummary {
    let id: Int64 = try row.value("id")
    func count(_ table: String) throws -> Int {
      try Int.fetchOne(
        self, sql: "SELECT count(*) FROM \(table) WHERE dataset_id = ?", arguments: [id]) ?? 0
    }
    let source: Data = try row.value("source")
    return DatasetSummary(
      name: try row.value("name"), format: try row.value("format"),
      sources: source.split(separator: 0).map { String(decoding: FilePath(data: $0)) },
      importedAt: try row.value("imported_at"), splits: try splits(of: id),
      problems: try count("dataset_problems"), evaluations: try count("evaluations"))
  }
}
