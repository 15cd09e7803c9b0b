import ArgumentParser
import Batch
import Captioning
import Evaluation
import Foundation
import Metrics
import Store
import SystemPackage

/// `caption evaluate`: captions a dataset's photos and scores the captions.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Caption a dataset's photos, score the captions and keep the run.",
    discussion: """
      Photos that the store has captions of, by the same model and options, are not captioned \
      again; after an interruption the same command goes on where it stopped. “caption runs” \
      shows, compares and exports what came of it.

      Unless every photo of the split can be captioned, nothing is scored: scores over fewer \
      photos are other scores. --allow-missing scores what there is, and the protocol says so.

      EXAMPLES:
        caption dataset import flickr8k --format karpathy dataset_flickr8k.json --images Images
        caption evaluate --dataset flickr8k --split val
        caption evaluate --dataset flickr8k --split val --beam 1
        caption runs compare 1 2
      """)

  @Option(help: ArgumentHelp("The dataset (see “caption dataset list”).", valueName: "name"))
  var dataset: String

  @Option(help: "Which of its splits.")
  var split = "test"

  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var search: SearchOptions
  @OptionGroup var storeOptions: StoreOptions

  @Flag(help: "Score the photos that can be captioned where some cannot.")
  var allowMissing = false

  @Option(help: "How to show progress: a bar on a terminal, plain lines, or nothing.")
  var progress = Progress.Style.auto

  @OptionGroup var output: OutputOptions

  func run() throws {
    let bundle = try ModelBundle.find(runtime.model)
    let options = try search.applied(to: bundle)
    try storeOptions.with(.write) { store in
      let items = try store.datasetItems(of: dataset, split: split)
      let work = try store.work(ModelIdentity(bundle, store: store), options: options.canonical)
      let captioner = PhotoCaptioner(try Captioner(bundle, threads: 1), options: options)
      let run = try store.beginRun(
        .evaluation, request: jsonLine(["dataset": dataset, "split": split]), work: work)
      do {
        let captions = try caption(items, into: store, captioner, work, run: run)
        try enter(try scored(items, captions), of: items.count, into: store, run: run)
        try store.endRun(run, .finished)
      } catch {
        // What was committed stays; the run itself may be beyond writing.
        try? store.endRun(run, .interrupted)
        throw error
      }
      try printScores(of: ScoredRun(run, in: store), output)
    }
  }

  /// The captions of the items' photos, by their paths.
  ///
  /// - Throws: `ExitCode` after an interruption.
  private func caption(
    _ items: [DatasetItem], into store: Store, _ captioner: PhotoCaptioner, _ work: Work,
    run: Int64
  ) throws -> [FilePath: String] {
    let isQuiet = runtime.quiet
    let interruption = Interruption {
      if !isQuiet { note("finishing what is under way; once more stops at once") }
    }
    let photos = items.compactMap(\.path)
    let queue = PhotoQueue(photos, stop: interruption.flag)
    var options = BatchRunner.Options()
    options.workers = runtime.threads
    options.retriesFailures = true
    let runner = BatchRunner(store: store, captioner: captioner, work: work, options: options)
    var bar = Progress(total: photos.count, style: progress, isQuiet: isQuiet)
    defer { bar.finish() }
    var captions: [FilePath: String] = [:]
    try runner.run(run, photos: { queue.next() }, stop: interruption.flag) { events in
      var (worked, failed) = (0, 0)
      for event in events {
        switch event.kind {
        case .captioned(let caption):
          captions[event.path] = caption.caption.text
          worked += 1
        case .alreadyCaptioned(let caption): captions[event.path] = caption.caption.text
        case .failed(_, let reason), .failedBefore(_, let reason):
          failed += 1
          bar.say("caption: \(event.path): \(reason)")
        }
      }
      bar.advance(by: events.count, worked: worked, failed: failed)
    }
    if let status = interruption.exitStatus {
      if !isQuiet { note("interrupted; the same command goes on from here") }
      throw ExitCode(status)
    }
    return captions
  }

  /// Scores the items that have captions.
  ///
  /// - Throws: `EvaluationError.missing` where some have none and that is not allowed.
  private func scored(
    _ items: [DatasetItem], _ captions: [FilePath: String]
  ) throws -> ScoredSplit {
    func caption(_ item: DatasetItem) -> String? { item.path.flatMap { captions[$0] } }
    let found = items.filter { caption($0) != nil }
    if found.count < items.count, !allowMissing || found.isEmpty {
      let first = items.first { caption($0) == nil }
      throw EvaluationError.missing(
        photos: items.count - found.count, of: items.count, first: first?.name ?? "")
    }
    return try ScoredSplit(
      found, candidates: found.compactMap(caption), threads: runtime.threads)
  }

  private func enter(_ scored: ScoredSplit, of count: Int, into store: Store, run: Int64) throws {
    let splits = try store.dataset(named: dataset).splits.map(\.name)
    let training =
      split != "train" && splits.contains("train")
      ? try store.datasetItems(of: dataset, split: "train").flatMap(\.references) : nil
    let diversity = scored.diversity(training: training, threads: runtime.threads)
    let notes = RunProtocol(
      scoring: scored.scoring, missing: count - scored.items.count,
      program: "caption \(programVersion)")
    try store.enterEvaluation(
      run: run, dataset: dataset, split: split, protocolNotes: jsonLine(notes),
      scores: scored.scores.byName.merging(diversity.named) { $1 }, photos: scored.photos)
  }
}
