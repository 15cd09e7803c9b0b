import Files
import Foundation
import GRDB
import Store
import SystemPackage
import TestSupport
import Testing

struct StoreDatasetsTests {
  private let store: Store

  init() throws { store = try Store() }

  private func item(
    _ name: String, _ split: String = "train", _ references: [String] = ["A pond.", "Ducks."],
    id: Int64? = nil, path: FilePath? = nil
  ) -> DatasetRecord.Item {
    DatasetRecord.Item(
      name: name, externalID: id, split: split, path: path, references: references)
  }

  private func dataset(
    _ items: [DatasetRecord.Item], problems: [DatasetProblemRecord] = []
  ) -> DatasetRecord {
    DatasetRecord(
      name: "d", format: "csv", sources: ["/d.csv", "/e.csv"], items: items, problems: problems)
  }

  private func dump() throws -> [String] {
    try store.read { database in
      try ["datasets", "dataset_items", "dataset_references", "dataset_problems", "evaluations"]
        .flatMap { table in
          try Row.fetchAll(database, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }
        }
    }
  }

  /// An evaluation of a split, with a candidate for the item of that number.
  private func evaluate(_ split: String, item: Int64) throws {
    try store.write { database in
      try database.execute(
        sql: """
          INSERT INTO runs (kind, state, request, started_at)
            VALUES ('evaluation', 'running', '{}', '2026-01-01T00:00:00.000Z');
          INSERT INTO evaluations
            SELECT last_insert_rowid(), 1, '\(split)', '{}', '{}', last_insert_rowid();
          INSERT INTO evaluation_items SELECT max(id), \(item), 'A dog.', '{}' FROM runs;
          """)
    }
  }

  private func count(_ table: String) throws -> Int? {
    try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") }
  }

  @Test func itemsComeBackAsTheyWere() throws {
    let problem = DatasetProblemRecord(kind: "broken row", file: "d", place: "line 2", detail: "x")
    let path = FilePath(platformString: [47, 98, CChar(bitPattern: 0xFF), 0])
    let change = try store.importDataset(
      dataset(
        [item("b", path: path), item("a", "val", [" A hill.\n"], id: -3)], problems: [problem]))
    #expect(change == .created)
    let items = try store.datasetItems(of: "d", split: nil)
    #expect(items.map(\.name) == ["b", "a"])
    #expect(items.map(\.path) == [path, nil])
    #expect(items.map(\.externalID) == [nil, -3])
    #expect(items.map(\.references) == [["A pond.", "Ducks."], [" A hill.\n"]])
    #expect(try store.datasetItems(of: "d", split: "val").map(\.name) == ["a"])
    #expect(try store.datasetProblems(of: "d") == [problem])
  }

  @Test func twiceChangesNothing() throws {
    let record = dataset([item("a", path: "x.jpg"), item("b", id: 7)])
    try #expect(store.importDataset(record) == .created)
    let before = try dump()
    try #expect(store.importDataset(record) == .unchanged)
    try #expect(store.importDataset(record, replacing: true) == .unchanged)
    #expect(try dump() == before)
  }

  @Test func otherContentsAreRefused() throws {
    _ = try store.importDataset(dataset([item("a"), item("b")]))
    let before = try dump()
    let problem = DatasetProblemRecord(kind: "broken row", file: "d", place: "line 2", detail: "x")
    for record in [
      dataset([item("a")]), dataset([item("a"), item("b"), item("c")]),
      dataset([item("a"), item("b", "val")]), dataset([item("a"), item("b", path: "/b")]),
      dataset([item("a"), item("b", id: 1)]),
      dataset([item("a"), item("b", "train", ["Ducks.", "A pond."])]),
      dataset([item("a"), item("b")], problems: [problem]),
    ] {
      #expect(throws: StoreError.datasetDiffers(path: store.path, name: "d")) {
        try store.importDataset(record)
      }
    }
    #expect(try dump() == before)
  }

  @Test func replacingKeepsNumbers() throws {
    _ = try store.importDataset(dataset([item("a"), item("b"), item("c"), item("d", "val")]))
    try evaluate("val", item: 4)
    let change = try store.importDataset(
      dataset([item("e"), item("c", "train", ["New."]), item("a"), item("d", "val", path: "/d")]),
      replacing: true)
    #expect(change == .replaced(added: 1, changed: 2, removed: 1, evaluations: 0))
    let items = try store.datasetItems(of: "d", split: nil)
    #expect(items.map(\.id) == [1, 3, 4, 5])
    #expect(items.map(\.name) == ["a", "c", "d", "e"])
    #expect(items[1].references == ["New."])
    #expect(items[2].path == "/d")
    #expect(try count("evaluations") == 1)
  }

  /// Photos that come, go or change take the evaluations of their splits with them, of the old
  /// split and the new; but not unasked.
  @Test(arguments: [
    ["a", "b", "new"], ["a"], ["a", "b other"], ["a", "b train"],
  ])
  func evaluationsAreNotLostUnasked(names: [String]) throws {
    _ = try store.importDataset(dataset([item("a"), item("b", "val")]))
    try evaluate("val", item: 2)
    let before = try dump()
    let record = dataset(
      names.map { name in
        switch name {
        case "a": item("a")
        case "new": item("new", "val")
        case "b other": item("b", "val", ["Other."])
        case "b train": item("b", "train")
        default: item("b", "val")
        }
      })
    #expect(throws: StoreError.datasetInUse(path: store.path, name: "d", evaluations: 1)) {
      try store.importDataset(record, replacing: true)
    }
    #expect(try dump() == before)
    _ = try store.importDataset(record, replacing: true, withRuns: true)
    for table in ["evaluations", "evaluation_items", "runs"] { #expect(try count(table) == 0) }
    #expect(try store.datasetItems(of: "d", split: nil).count == names.count)
  }

  @Test func stoppingLeavesNothing() throws {
    struct Stop: Error {}
    let items = (0..<600).map { item("\($0)") }
    var seen = 0
    #expect(throws: Stop.self) {
      try store.importDataset(dataset(items)) { count in
        seen += count
        if seen > 300 { throw Stop() }
      }
    }
    #expect(try dump().isEmpty)
    seen = 0
    _ = try store.importDataset(dataset(items)) { seen += $0 }
    #expect(seen == 600)
  }

  @Test func removing() throws {
    _ = try store.importDataset(dataset([item("a")]))
    try evaluate("train", item: 1)
    #expect(throws: StoreError.datasetInUse(path: store.path, name: "d", evaluations: 1)) {
      try store.removeDataset(named: "d")
    }
    #expect(try store.removeDataset(named: "d", withRuns: true) == 1)
    #expect(try dump().isEmpty)
    #expect(try count("runs") == 0)
    #expect(throws: StoreError.noDataset(path: store.path, name: "d", known: [])) {
      try store.removeDataset(named: "d")
    }
  }

  @Test func picturesThatAreKnownAreLinked() throws {
    let file = try TemporaryFile(Data("x".utf8))
    let path = FilePath(file.path)
    let work = try store.work(sampleModel(), options: "{}")
    let run = try store.beginRun(.batch, request: "{}", work: work)
    let photo = samplePhoto("x")
    _ = try store.record(
      [
        (
          path: path, state: FileState(of: path),
          outcome: .captioned(photo, sampleCaption("A dog."), embedding: nil)
        )
      ], run: run, work: work)
    func links() throws -> [Int64?] {
      try store.read {
        try Optional<Int64>.fetchAll($0, sql: "SELECT image_id FROM dataset_items ORDER BY id")
      }
    }
    _ = try store.importDataset(dataset([item("a", path: path), item("b", path: "/other")]))
    #expect(try links() == [1, nil])
    try store.linkDatasetItems([(item: 2, photo: photo.identity)])
    #expect(try links() == [1, 1])
    // A file that has changed since is no picture that is known.
    _ = try store.removeDataset(named: "d")
    try Data("changed".utf8).write(to: URL(filePath: file.path))
    _ = try store.importDataset(dataset([item("a", path: path)]))
    #expect(try links() == [nil])
  }
}
