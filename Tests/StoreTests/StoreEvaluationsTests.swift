import GRDB
import SystemPackage
import Testing

@testable import Store

@Suite struct StoreEvaluationsTests {
  /// A store with a dataset of two photos and an evaluation of it.
  private static func sample() throws -> (store: Store, number: Int64) {
    let store = try Store()
    // Evaluations are numbered whatever else was begun.
    _ = try store.beginRun(.batch, request: "{}", work: nil)
    let items = [
      DatasetRecord.Item(
        name: "b.jpg", externalID: 42, split: "test", path: "/b",
        references: ["A dog. ", "a brown dog"]),
      DatasetRecord.Item(
        name: "a.jpg", externalID: nil, split: "test", path: nil, references: ["a cat"]),
      DatasetRecord.Item(
        name: "c.jpg", externalID: nil, split: "train", path: nil, references: ["a fish"]),
    ]
    _ = try store.importDataset(
      DatasetRecord(name: "pets", format: "csv", sources: ["/x.csv"], items: items, problems: []))
    let photos = try store.datasetItems(of: "pets", split: "test")
    let run = try store.beginRun(
      .evaluation, request: "{}",
      work: store.work(sampleModel(), options: #"{"beam_width":5}"#))
    let number = try store.enterEvaluation(
      run: run, dataset: "pets", split: "test", protocolNotes: #"{"tokenizer":"PTB"}"#,
      scores: ["CIDEr-D": 0.5],
      photos: [
        EvaluatedPhoto(item: photos[1], candidate: "A cat.", scores: ["CIDEr-D": 1]),
        EvaluatedPhoto(item: photos[0], candidate: "", scores: ["CIDEr-D": 0]),
      ])
    try store.endRun(run, .finished)
    return (store, number)
  }

  @Test func anEvaluationComesBackAsItWasEntered() throws {
    let (store, number) = try Self.sample()
    let evaluation = try #require(try store.evaluation(number))
    #expect(number == 1 && evaluation.number == 1 && evaluation.storeRun == 2)
    #expect(try store.evaluation(ofStoreRun: 2) == 1 && store.evaluation(ofStoreRun: 1) == nil)
    #expect(evaluation.dataset == "pets" && evaluation.split == "test")
    #expect(evaluation.model == "sample" && evaluation.imageCount == 2)
    #expect(evaluation.scores == ["CIDEr-D": 0.5])
    #expect(evaluation.decoding == .object(["beam_width": .integer(5)]))
    #expect(evaluation.protocolNotes == .object(["tokenizer": .string("PTB")]))
    #expect(try store.evaluations() == [evaluation])
    let photos = try store.evaluatedPhotos(of: number)
    #expect(photos.map(\.item) == (try store.datasetItems(of: "pets", split: "test")))
    #expect(photos.map(\.candidate) == ["", "A cat."])
    #expect(photos.map(\.scores) == [["CIDEr-D": 0], ["CIDEr-D": 1]])
  }

  @Test func allRunsAreListedTheLatestFirst() throws {
    let (store, number) = try Self.sample()
    let batch = try store.beginRun(.batch, request: "{}", work: nil)
    let runs = try store.runs()
    #expect(runs.map(\.id) == [batch, 2, 1])
    #expect(runs.map(\.kind) == [.batch, .evaluation, .batch])
    #expect(runs.map(\.evaluation) == [nil, number, nil])
    #expect(runs.map(\.state) == ["running", "finished", "running"])
    #expect(runs.map(\.model) == [nil, "sample", nil])
  }

  @Test func anEvaluationIsRemovedWithItsItems() throws {
    let (store, number) = try Self.sample()
    #expect(try store.removeEvaluation(number))
    #expect(try !store.removeEvaluation(number))
    #expect(try store.evaluation(number) == nil)
    #expect(try store.runs().map(\.kind) == [.batch])
    let left = try store.read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM evaluation_items")
    }
    #expect(left == 0)
  }

  @Test func anEvaluationOfAnUnknownPhotoIsRefusedWhole() throws {
    let (store, first) = try Self.sample()
    let photo = try #require(try store.evaluatedPhotos(of: first).first)
    let item = DatasetItem(
      id: 99, name: "z", externalID: nil, split: "test", path: nil, references: [])
    let work = try store.work(sampleModel(), options: "{}")
    let run = try store.beginRun(.evaluation, request: "{}", work: work)
    #expect(throws: StoreError.self) {
      try store.enterEvaluation(
        run: run, dataset: "pets", split: "test", protocolNotes: "{}", scores: [:],
        photos: [photo, EvaluatedPhoto(item: item, candidate: "b", scores: [:])])
    }
    #expect(try store.evaluation(2) == nil)
  }
}
