import Files
import Store
import SystemPackage
import Testing

/// Photos of datasets beside a person's own.
@Suite struct AlbumTests {
  private let store: Store
  private let work: Work

  init() throws {
    store = try Store()
    work = try store.work(sampleModel(), options: "{}")
    let items = ["/set/1.jpg", "/set/2.jpg"].map {
      DatasetRecord.Item(
        name: $0, externalID: nil, split: "test", path: FilePath($0), references: ["a dog"])
    }
    _ = try store.importDataset(
      DatasetRecord(name: "pets", format: "csv", sources: [], items: items, problems: []))
    try enter(["/set/1.jpg", "/set/2.jpg"], .evaluation)
    try store.enter([("/own.jpg", "A dog of mine.")], work: work)
  }

  private func enter(_ paths: [String], _ kind: RunKind) throws {
    let run = try store.beginRun(kind, request: "{}", work: work)
    let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
    _ = try store.record(
      paths.map {
        (
          FilePath($0), state,
          .captioned(samplePhoto($0), sampleCaption("A dog."), embedding: [1, 2, 2])
        )
      }, run: run, work: work)
  }

  private func found(_ query: String, datasets: Bool = false) throws -> [String] {
    try store.search(SearchQuery(query), limit: 9, datasets: datasets).map(\.path.string).sorted()
  }

  private func listed(datasets: Bool) throws -> Int {
    try store.photos(in: nil, model: nil, limit: nil, datasets: datasets).count
  }

  private func exported(datasets: Bool) throws -> Int {
    var selection = ExportSelection()
    selection.hasDatasets = datasets
    var count = 0
    try store.export(selection) { try $0.forEachPicture { _ in count += 1 } }
    return count
  }

  private func similar(datasets: Bool) throws -> Int {
    try store.similar(
      to: [1, 2, 2], model: sampleModel().contentHash, limit: 9, datasets: datasets
    ).count
  }

  @Test(arguments: [(false, 1), (true, 3)])
  func datasetsAreApartUnlessAskedFor(datasets: Bool, count: Int) throws {
    #expect(try found("dog", datasets: datasets).count == count)
    #expect(try found("origin:machine", datasets: datasets).count == count)
    #expect(try listed(datasets: datasets) == count)
    #expect(try exported(datasets: datasets) == count)
    #expect(try similar(datasets: datasets) == count)
    let statistics = try store.statistics(datasets: datasets)
    #expect(statistics.pictures == count && statistics.files == count)
    #expect(statistics.captionsByModel.map(\.count) == [count])
    #expect(statistics.confidence.reduce(0, +) == count)
    #expect(statistics.frequentWords.first?.count == count)
  }

  @Test func aQueryAsksForADataset() throws {
    let all = ["/set/1.jpg", "/set/2.jpg"]
    #expect(try found("dataset:pets") == all)
    #expect(try found("dog dataset:") == all)
    #expect(try found("cat dataset:pets").isEmpty)
    #expect(try found("dog -dataset:pets") == ["/own.jpg"])
    #expect(try found("dog (dataset:pets OR folder:/)").count == 3)
    #expect(throws: StoreError.noDataset(path: store.path, name: "cats", known: ["pets"])) {
      try found("dataset:cats")
    }
    #expect(throws: SearchQueryError.notWithFailures("dataset:")) {
      try SearchQuery("failed: dataset:pets")
    }
  }

  @Test(arguments: [RunKind.batch, .single, .imported])
  func whatAPersonWantsBelongsToTheAlbum(kind: RunKind) throws {
    let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
    guard case .captioned = try store.known("/set/1.jpg", state, work) else {
      Issue.record("it was captioned")
      return
    }
    #expect(try store.known("/set/1.jpg", state, work, inAlbum: true) == .unknown)
    try enter(["/set/1.jpg"], kind)
    #expect(try found("dog") == ["/own.jpg", "/set/1.jpg"])
    // And stays there.
    try enter(["/set/1.jpg"], .evaluation)
    #expect(try found("dog") == ["/own.jpg", "/set/1.jpg"])
    try store.note("Rex", about: samplePhoto("/set/2.jpg"), at: "/set/2.jpg", state)
    // By its own words, not by those of the evaluation.
    #expect(try found("Rex") == ["/set/2.jpg"])
    #expect(try found("dog") == ["/own.jpg", "/set/1.jpg"])
  }

  @Test func aPhotoOfBothIsFoundAtItsOwnPlace() throws {
    let run = try store.beginRun(.batch, request: "{}", work: work)
    _ = try store.record(
      [("/copy.jpg", nil, .alreadyThere(samplePhoto("/set/1.jpg").identity, PhotoFacts()))],
      run: run,
      work: work)
    #expect(try found("dog") == ["/own.jpg"])
    let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
    try store.note("Rex", about: samplePhoto("/set/1.jpg"), at: "/copy.jpg", state)
    #expect(try found("dog") == ["/copy.jpg", "/own.jpg"])
  }

  @Test func anEvaluationThatFindsAnAlbumPhotoElsewhereLeavesItInTheAlbum() throws {
    let run = try store.beginRun(.evaluation, request: "{}", work: work)
    let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
    _ = try store.record(
      [("/set/own.jpg", state, .alreadyThere(samplePhoto("/own.jpg").identity, PhotoFacts()))],
      run: run,
      work: work)
    #expect(try found("mine") == ["/set/own.jpg"])
  }

  @Test func whatAnEvaluationSaysOfAnAlbumPhotoStaysApart() throws {
    let other = try store.work(sampleModel("other"), options: "{}")
    let run = try store.beginRun(.evaluation, request: "{}", work: other)
    let state = FileState(byteCount: 10, modifiedNanoseconds: 20)
    _ = try store.record(
      [
        (
          "/set/own.jpg", state,
          .captioned(samplePhoto("/own.jpg"), sampleCaption("A red object."), embedding: nil)
        )
      ], run: run, work: other)
    #expect(try found("object").isEmpty)
    #expect(try found("object", datasets: true) == ["/set/own.jpg"])
    #expect(
      try store.photos(in: nil, model: nil, limit: nil).map(\.caption) == ["A dog of mine."])
    #expect(try store.statistics().captionsByModel.map(\.count) == [1])
    // A batch that would say the same makes it the album's.
    #expect(try store.known("/set/own.jpg", state, other, inAlbum: true) == .unsettled)
    let batch = try store.beginRun(.batch, request: "{}", work: other)
    _ = try store.record(
      [("/set/own.jpg", state, .alreadyThere(samplePhoto("/own.jpg").identity, PhotoFacts()))],
      run: batch, work: other)
    #expect(try found("object") == ["/set/own.jpg"])
  }

  @Test func failuresOfEvaluationsAreApart() throws {
    let run = try store.beginRun(.evaluation, request: "{}", work: work)
    _ = try store.record(
      [("/set/3.jpg", nil, .failed(.noInput, reason: "none"))], run: run, work: work)
    #expect(try store.failures(closed: false).isEmpty)
    #expect(try store.failures(closed: false, datasets: true).map(\.path) == ["/set/3.jpg"])
    #expect(try store.searchFailures(SearchQuery("failed:"), limit: nil).isEmpty)
    #expect(try store.statistics().openFailures == 0)
  }
}
