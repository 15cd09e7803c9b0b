import Store
import SystemPackage
import TestSupport
import Testing

struct StoreDatasetListingTests {
  private let store: Store

  init() throws {
    store = try Store()
    func items(_ names: String...) -> [DatasetRecord.Item] {
      names.map { name in
        DatasetRecord.Item(
          name: name, externalID: nil, split: name.hasPrefix("v") ? "val" : "train",
          path: name.hasSuffix("!") ? FilePath("/\(name)") : nil,
          references: ["A \(name).", "Fog."])
      }
    }
    _ = try store.importDataset(
      DatasetRecord(
        name: "second", format: "csv", sources: ["/b.csv"], items: items("v1"), problems: []))
    _ = try store.importDataset(
      DatasetRecord(
        name: "first", format: "coco", sources: ["/a.json", "/c d.json"],
        items: items("x", "v1", "v2!"),
        problems: [.init(kind: "broken row", file: "a", place: "", detail: "b")]))
  }

  @Test func summaries() throws {
    let all = try store.datasets()
    #expect(all.map(\.name) == ["first", "second"])
    let first = try store.dataset(named: "first")
    #expect(first == all.first)
    #expect(first.format == "coco")
    #expect(first.sources == ["/a.json", "/c d.json"])
    #expect(first.problems == 1)
    #expect(first.splits.map(\.name) == ["train", "val"])
    #expect(first.splits.map(\.photos) == [1, 2])
    #expect(first.splits.map(\.found) == [0, 1])
    #expect(first.splits.map(\.captions) == [2, 4])
  }

  @Test func whatIsNotThere() {
    #expect(throws: StoreError.noDataset(path: "memory", name: "x", known: ["first", "second"])) {
      try store.dataset(named: "x")
    }
    #expect(throws: StoreError.noDataset(path: "memory", name: "x", known: ["first", "second"])) {
      try store.datasetItems(of: "x", split: nil)
    }
    #expect(
      throws: StoreError.noSplit(
        path: "memory", dataset: "first", split: "test", known: ["train", "val"])
    ) { try store.datasetItems(of: "first", split: "test") }
  }
}
