internal import Files
internal import Foundation
internal import GRDB
internal import SystemPackage

extension Store {
  /// Enters a dataset, in one transaction. Where the same is there already, nothing changes.
  ///
  /// - Parameters:
  ///   - replacing: whether other contents under the name give way. Photos keep their numbers as
  ///     long as they keep their names.
  ///   - withRuns: whether evaluations of splits that are not the same afterwards go with them.
  ///   - progress: is told from time to time of so many photos more; where it throws, nothing is
  ///     entered.
  /// - Throws: `StoreError`, among them `.datasetDiffers` and `.datasetInUse`, and what `progress`
  ///   throws.
  package func importDataset(
    _ record: DatasetRecord, replacing: Bool = false, withRuns: Bool = false,
    progress: (Int) throws -> Void = { _ in }
  ) throws -> DatasetChange {
    try write { database in
      var writer = DatasetWriter(database: database, path: path, record: record)
      return try writer.write(replacing: replacing, withRuns: withRuns, progress: progress)
    }
  }

  /// Removes a dataset. Photos and what models made of them stay.
  ///
  /// - Parameter withRuns: whether evaluations with it go, too.
  /// - Returns: how many evaluations went.
  /// - Throws: `StoreError`, among them `.noDataset` and `.datasetInUse`.
  @discardableResult
  package func removeDataset(named name: String, withRuns: Bool = false) throws -> Int {
    try write { database in
      let id = try database.datasetID(of: name, in: path)
      let runs = try Int64.fetchAll(
        database, sql: "SELECT run_id FROM evaluations WHERE dataset_id = ?", arguments: [id])
      guard runs.isEmpty || withRuns else {
        throw StoreError.datasetInUse(path: path, name: name, evaluations: runs.count)
      }
      try database.deleteRuns(runs)
      try database.execute(sql: "DELETE FROM datasets WHERE id = ?", arguments: [id])
      return runs.count
    }
  }

  /// Enters which pictures the photos of a dataset are, as far as the store knows these.
  ///
  /// - Parameter photos: the number of an item, and its photo.
  /// - Throws: `StoreError`.
  package func linkDatasetItems(_ photos: [(item: Int64, photo: PhotoIdentity)]) throws {
    try write { database in
      for (item, photo) in photos {
        guard let image = try database.imageID(of: photo) else { continue }
        try database.cachedStatement(
          sql: "UPDATE dataset_items SET image_id = ?1 WHERE id = ?2 AND image_id IS NOT ?1"
        ).execute(arguments: [image, item])
      }
    }
  }
}

extension Database {
  /// - Throws: `StoreError.noDataset`.
  func datasetID(of name: String, in path: FilePath) throws -> Int64 {
    if let id = try Int64.fetchOne(
      self, sql: "SELECT id FROM datasets WHERE name = ?", arguments: [name])
    {
      return id
    }
    let known = try String.fetchAll(self, sql: "SELECT name FROM datasets ORDER BY name")
    throw StoreError.noDataset(path: path, name: name, known: known)
  }

  /// Removes runs with all that hangs on them but captions.
  func deleteRuns(_ runs: [Int64]) throws {
    for run in runs {
      try cachedStatement(sql: "DELETE FROM runs WHERE id = ?").execute(arguments: [run])
    }
  }
}

/// Writes a dataset over what is there of it.
private struct DatasetWriter {
  let database: Database
  /// Of the store.
  let path: FilePath
  let record: DatasetRecord
  private var dataset: Int64 = 0

  init(database: Database, path: FilePath, record: DatasetRecord) {
    self.database = database
    self.path = path
    self.record = record
  }

  mutating func write(
    replacing: Bool, withRuns: Bool, progress: (Int) throws -> Void
  ) throws -> DatasetChange {
    let known = try Int64.fetchOne(
      database, sql: "SELECT id FROM datasets WHERE name = ?", arguments: [record.name])
    guard let known else {
      try database.execute(
        sql: "INSERT INTO datasets (name, format, source, imported_at) VALUES (?, ?, ?, ?)",
        arguments: [record.name, record.format, source, Timestamp.now.text])
      dataset = database.lastInsertedRowID
      try enter(record.items.map { (nil, $0) }, progress)
      try enterProblems()
      return .created
    }
    dataset = known
    let comparison = try Comparison(record.items, with: storedItems())
    guard try !comparison.isSame || problems() != record.problems else { return .unchanged }
    guard replacing else { throw StoreError.datasetDiffers(path: path, name: record.name) }
    let runs = try evaluations(of: comparison.splits)
    guard runs.isEmpty || withRuns else {
      throw StoreError.datasetInUse(path: path, name: record.name, evaluations: runs.count)
    }
    try database.deleteRuns(runs)
    for id in comparison.removed {
      try database.cachedStatement(sql: "DELETE FROM dataset_items WHERE id = ?")
        .execute(arguments: [id])
    }
    try progress(comparison.unchanged)
    try enter(
      comparison.changed.map { ($0.id, $0.item) } + comparison.added.map { (nil, $0) }, progress)
    try database.execute(
      sql: "UPDATE datasets SET format = ?, source = ?, imported_at = ? WHERE id = ?",
      arguments: [record.format, source, Timestamp.now.text, dataset])
    try enterProblems()
    return .replaced(
      added: comparison.added.count, changed: comparison.changed.count,
      removed: comparison.removed.count, evaluations: runs.count)
  }

  private var source: Data {
    record.sources.reduce(into: Data()) { $0 += $1.absolute.data + [0] }
  }

  private func storedItems() throws -> [String: DatasetItem] {
    var items: [String: DatasetItem] = [:]
    try database.forEachDatasetItem(of: dataset, split: nil) { items[$0.name] = $0 }
    return items
  }

  private func problems() throws -> [DatasetProblemRecord] {
    try database.datasetProblems(of: dataset)
  }

  /// The runs that evaluated one of the splits.
  private func evaluations(of splits: Set<String>) throws -> [Int64] {
    try Row.fetchAll(
      database, sql: "SELECT run_id, split FROM evaluations WHERE dataset_id = ?",
      arguments: [dataset]
    ).filter { try splits.contains($0.value("split")) }.map { try $0.value("run_id") }
  }

  /// Enters new items and changes those that have a number.
  private func enter(
    _ items: [(id: Int64?, item: DatasetRecord.Item)], _ progress: (Int) throws -> Void
  ) throws {
    for (index, (id, item)) in items.enumerated() {
      let image = try image(at: item.path)
      let path = item.path?.data
      if let id {
        try database.cachedStatement(
          sql: """
            UPDATE dataset_items SET split = ?, external_id = ?, path = ?, image_id = ? WHERE id = ?
            """
        ).execute(arguments: [item.split, item.externalID, path, image, id])
        try database.cachedStatement(sql: "DELETE FROM dataset_references WHERE item_id = ?")
          .execute(arguments: [id])
      } else {
        try database.cachedStatement(
          sql: """
            INSERT INTO dataset_items (dataset_id, split, name, external_id, path, image_id)
            VALUES (?, ?, ?, ?, ?, ?)
            """
        ).execute(arguments: [dataset, item.split, item.name, item.externalID, path, image])
      }
      let number = id ?? database.lastInsertedRowID
      for (position, text) in item.references.enumerated() {
        try database.cachedStatement(
          sql: "INSERT INTO dataset_references (item_id, position, text) VALUES (?, ?, ?)"
        ).execute(arguments: [number, position, text])
      }
      if (index + 1) % Self.pace == 0 { try progress(Self.pace) }
    }
    try progress(items.count % Self.pace)
  }

  /// After so many photos progress is told.
  private static let pace = 256

  /// The picture that a photo is, where the store has seen the file as it is now.
  private func image(at path: FilePath?) throws -> Int64? {
    guard let path else { return nil }
    let row = try Row.fetchOne(
      database.cachedStatement(
        sql: "SELECT image_id, byte_count, modified_nanoseconds FROM files WHERE path = ?"),
      arguments: [path.data])
    guard let row else { return nil }
    return try FileState(of: path) == row.fileState() ? row.value("image_id") : nil
  }

  private func enterProblems() throws {
    try database.execute(
      sql: "DELETE FROM dataset_problems WHERE dataset_id = ?", arguments: [dataset])
    for (position, problem) in record.problems.enumerated() {
      try database.cachedStatement(
        sql: """
          INSERT INTO dataset_problems (dataset_id, position, kind, file, place, detail)
          VALUES (?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        dataset, position, problem.kind, problem.file, problem.place, problem.detail,
      ])
    }
  }
}

/// How items that are to be kept differ from those in the store.
private struct Comparison {
  private(set) var added: [DatasetRecord.Item] = []
  private(set) var changed: [(id: Int64, item: DatasetRecord.Item)] = []
  private(set) var unchanged = 0
  let removed: [Int64]
  /// The splits whose photos or captions are not the same any more.
  private(set) var splits: Set<String> = []

  init(_ items: [DatasetRecord.Item], with stored: [String: DatasetItem]) {
    var rest = stored
    for item in items {
      guard let old = rest.removeValue(forKey: item.name) else {
        added.append(item)
        splits.insert(item.split)
        continue
      }
      if old.split != item.split || old.references != item.references {
        splits.formUnion([old.split, item.split])
      } else if old.externalID == item.externalID && old.path == item.path {
        unchanged += 1
        continue
      }
      changed.append((old.id, item))
    }
    removed = rest.values.map(\.id).sorted()
    splits.formUnion(rest.values.map(\.split))
  }

  var isSame: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }
}
