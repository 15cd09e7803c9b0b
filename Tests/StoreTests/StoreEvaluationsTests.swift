import GRDB
import Store
import SystemPackage
import Testing

@Suite struct StoreEvaluationsTests {
  /// A store with a dataset of two photos and an evaluation of it.
  private static func sample() throws -> (store: Store, run: Int64) {
    let store = try Store()
    try store.write { database in
      try database.execute(
        sql: """
          INSERT INTO datasets VALUES (3, 'pets', 'csv', x'2F', '2026-01-01T00:00:00.000Z');
          INSERT INTO dataset_items VALUES (7, 3, 'test', 'b.jpg', 42, x'2F62', NULL);
          INSERT INTO dataset_items VALUES (8, 3, 'test', 'a.jpg', NULL, NULL, NULL);
          INSERT INTO dataset_references VALUES (7, 1, 'a brown dog'), (7, 0, 'A dog. '),
            (8, 0, 'a cat');
          """)
    }
    let work = try store.work(sampleModel(), options: #"{"beam_width":5}"#)
    let run = try store.beginRun(.evaluation, request: "{}", work: work)
    try store.enterEvaluation(
      run: run, dataset: 3, split: "test", protocolNotes: #"{"tokenizer":"PTB"}"#,
      scores: ["CIDEr-D": 0.5],
      items: [(8, "A cat.", ["CIDEr-D": 1]), (7, "", ["CIDEr-D": 0])])
    try store.endRun(run, .finished)
    return (store, run)
  }

  @Test func anEvaluationComesBackAsItWasEntered() throws {
    let (store, run) = try Self.sample()
    let evaluation = try #require(try store.evaluation(run))
    #expect(evaluation.dataset == "pets" && evaluation.split == "test")
    #expect(evaluation.model == "sample" && evaluation.imageCount == 2)
    #expect(evaluation.scores == ["CIDEr-D": 0.5])
    #expect(evaluation.decoding == .object(["beam_width": .integer(5)]))
    #expect(evaluation.protocolNotes == .object(["tokenizer": .string("PTB")]))
    #expect(try store.evaluations() == [evaluation])
    let items = try store.evaluatedItems(of: run)
    #expect(items.map(\.item) == [7, 8])
    #expect(items.map(\.references) == [["A dog. ", "a brown dog"], ["a cat"]])
    #expect(items.map(\.candidate) == ["", "A cat."])
    #expect(items.map(\.path) == ["/b", nil])
    #expect(items.map(\.externalID) == [42, nil])
  }

  @Test func allRunsAreListedTheLatestFirst() throws {
    let (store, run) = try Self.sample()
    let batch = try store.beginRun(.batch, request: "{}", work: nil)
    let runs = try store.runs()
    #expect(runs.map(\.id) == [batch, run])
    #expect(runs.map(\.kind) == [.batch, .evaluation])
    #expect(runs.map(\.state) == ["running", "finished"])
    #expect(runs.map(\.model) == [nil, "sample"])
  }

  @Test func anEvaluationIsRemovedWithItsItems() throws {
    let (store, run) = try Self.sample()
    #expect(try store.removeEvaluation(run))
    #expect(try !store.removeEvaluation(run))
    #expect(try store.evaluation(run) == nil)
    let left = try store.read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM evaluation_items")
    }
    #expect(left == 0)
  }

  @Test func anEvaluationOfAnUnknownItemIsRefusedWhole() throws {
    let (store, _) = try Self.sample()
    let work = try store.work(sampleModel(), options: "{}")
    let run = try store.beginRun(.evaluation, request: "{}", work: work)
    #expect(throws: StoreError.self) {
      try store.enterEvaluation(
        run: run, dataset: 3, split: "test", protocolNotes: "{}", scores: [:],
        items: [(7, "a", [:]), (99, "b", [:])])
    }
    #expect(try store.evaluation(run) == nil)
  }
}
