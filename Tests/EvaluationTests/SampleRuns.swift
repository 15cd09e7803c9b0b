import Evaluation
import Files
import Metrics
import Store

/// The mini-corpus of three photos by which runs are tried, in a store of its own.
struct SampleRuns {
  let store: Store
  let items: [DatasetItem]

  static let references = [
    ["A man riding a wave on top of a surfboard.", "A surfer rides a large wave in the ocean."],
    ["A black-and-white cat sits on a couch.", "A cat on a couch."],
    ["Two dogs are playing in the snow.", "Dogs chasing each other outside."],
  ]

  init() throws {
    store = try Store()
    let records = Self.references.enumerated().map { index, references in
      DatasetRecord.Item(
        name: "\(index).jpg", externalID: nil, split: "test", path: nil, references: references)
    }
    _ = try store.importDataset(
      DatasetRecord(name: "mini", format: "csv", sources: [], items: records, problems: []))
    items = try store.datasetItems(of: "mini", split: "test")
  }

  /// Enters captions of photos, from the one of that number on, as a run.
  func enter(_ candidates: [String], from first: Int = 0) throws -> Int64 {
    let model = ModelIdentity(
      name: "sample", contentHash: ContentHash(of: [1]), configuration: "{}")
    let run = try store.beginRun(
      .evaluation, request: "{}", work: store.work(model, options: #"{"beam_width":5}"#))
    let scored = try ScoredSplit(
      Array(items[first..<first + candidates.count]), candidates: candidates, threads: 2)
    let number = try store.enterEvaluation(
      run: run, dataset: "mini", split: "test",
      protocolNotes: json(
        RunProtocol(
          scoring: scored.scoring, missing: items.count - candidates.count, program: "caption")),
      scores: scored.scores.byName.merging(
        scored.diversity(training: nil, threads: 2).named
      ) { $1 }, photos: scored.photos)
    try store.endRun(run, .finished)
    return number
  }
}
