import ArgumentParser
import Batch
import Captioning
import Evaluation
import Foundation
import Metrics
import Store
import SystemPackage

/// Which photos count, and how progress is shown: shared by all commands that score a model.
struct EvaluationOptions: ParsableArguments {
  @OptionGroup var storeOptions: StoreOptions

  @Flag(help: "Score the photos that can be captioned where some cannot.")
  var allowMissing = false

  @OptionGroup var progress: ProgressOptions
}

/// Captions the photos of datasets, scores the captions and keeps the runs.
struct DatasetEvaluator {
  private let store: Store
  private let captioner: PhotoCaptioner
  private let work: Work
  private let evaluation: EvaluationOptions
  private let threads: Int
  private var isQuiet: Bool { evaluation.progress.quiet }

  /// A split whose photos were captioned.
  struct Outcome {
    /// The evaluation's number.
    let number: Int64
    /// Of the photos that have captions.
    let scored: ScoredSplit
    /// By photo that has a caption.
    let captions: [MachineCaption]
  }

  /// - Throws: `StoreError`; as `Captioner.init`.
  init(
    _ bundle: ModelBundle, options: DecodingOptions, store: Store, evaluation: EvaluationOptions,
    threads: Int
  ) throws {
    self.store = store
    captioner = try PhotoCaptioner(
      Captioner(bundle, threads: 1), options: options, store: store)
    work = try captioner.work(in: store)
    self.evaluation = evaluation
    self.threads = threads
  }

  /// Photos that the store has captions of are not captioned again.
  ///
  /// - Throws: `EvaluationError.missing` where photos have no caption and that is not allowed;
  ///   `StoreError`, `MetricsError`; `ExitCode` after an interruption.
  func evaluate(dataset: String, split: String) throws -> Outcome {
    let items = try store.datasetItems(of: dataset, split: split)
    let interruption = Interruption(isQuiet: isQuiet)
    defer { interruption.end() }
    let run = try store.beginRun(
      .evaluation, request: jsonLine(["dataset": dataset, "split": split]), work: work)
    do {
      let captions = try self.captions(of: items, run: run, interruption)
      func caption(_ item: DatasetItem) -> MachineCaption? { item.path.flatMap { captions[$0] } }
      let found = items.filter { caption($0) != nil }
      if found.count < items.count, !evaluation.allowMissing || found.isEmpty {
        let first = items.first { caption($0) == nil }
        throw EvaluationError.missing(
          photos: items.count - found.count, of: items.count, first: first?.name ?? "")
      }
      let candidates = found.compactMap(caption)
      let scored = try ScoredSplit(found, candidates: candidates.map(\.text), threads: threads)
      try stop(after: interruption)
      let number = try enter(scored, of: items.count, dataset: dataset, split: split, run: run)
      try store.endRun(run, .finished)
      return Outcome(number: number, scored: scored, captions: candidates)
    } catch {
      // What was committed stays; the run itself may be beyond writing.
      try? store.endRun(run, .interrupted)
      throw error
    }
  }

  /// The captions of the items' photos, by their paths.
  ///
  /// - Throws: `ExitCode` after an interruption.
  private func captions(
    of items: [DatasetItem], run: Int64, _ interruption: Interruption
  ) throws -> [FilePath: MachineCaption] {
    let photos = items.compactMap(\.path)
    let queue = PhotoQueue(photos, stop: interruption.flag)
    var options = BatchRunner.Options()
    options.workers = threads
    options.retriesFailures = true
    options.entersAlbum = false
    let runner = BatchRunner(store: store, captioner: captioner, work: work, options: options)
    var bar = Progress(total: photos.count, style: evaluation.progress.style, isQuiet: isQuiet)
    defer { bar.finish() }
    var captions: [FilePath: MachineCaption] = [:]
    try runner.run(run, photos: queue.next, stop: interruption.flag) { events in
      var (worked, failed) = (0, 0)
      for event in events {
        switch event.kind {
        case .captioned(let caption):
          captions[event.path] = caption.caption
          worked += 1
        case .alreadyCaptioned(let caption): captions[event.path] = caption.caption
        case .failed(_, let reason), .failedBefore(_, let reason):
          failed += 1
          bar.say("caption: \(event.path): \(reason)")
        }
      }
      bar.advance(by: events.count, worked: worked, failed: failed)
    }
    try stop(after: interruption)
    return captions
  }

  /// - Throws: `ExitCode` after an interruption.
  private func stop(after interruption: Interruption) throws {
    guard let status = interruption.exitStatus else { return }
    if !isQuiet { note("interrupted; the same command goes on from here") }
    throw ExitCode(status)
  }

  private func enter(
    _ scored: ScoredSplit, of count: Int, dataset: String, split: String, run: Int64
  ) throws -> Int64 {
    let splits = try store.dataset(named: dataset).splits.map(\.name)
    let training =
      split != "train" && splits.contains("train")
      ? try store.datasetItems(of: dataset, split: "train").flatMap(\.references) : nil
    let diversity = scored.diversity(training: training, threads: threads)
    let notes = RunProtocol(
      scoring: scored.scoring, missing: count - scored.items.count,
      program: "caption \(programVersion)")
    return try store.enterEvaluation(
      run: run, dataset: dataset, split: split, protocolNotes: jsonLine(notes),
      scores: scored.scores.byName.merging(diversity.named) { $1 }, photos: scored.photos)
  }
}
