import ArgumentParser
import Batch
import Foundation
import Training

/// Shows how training goes, and heeds Ctrl-C where that loses nothing.
final class TrainingSession {
  private let options: SessionOptions
  /// What a step reads, such as “words”.
  private let unit: String
  private let text: (ValidationScore) -> String
  private var line: ProgressLine
  private var display: TrainingProgress?
  private var estimate: EpochEstimate?
  private var interruption: Interruption?

  /// - Parameter text: of a score, a percentage by default.
  init(
    _ options: SessionOptions, unit: String,
    text: @escaping (ValidationScore) -> String = { String(format: "%.2f %%", 100 * $0.value) }
  ) {
    self.options = options
    self.unit = unit
    self.text = text
    line = ProgressLine(style: options.progress, isQuiet: options.quiet)
  }

  /// Trains, and tells how it ended.
  ///
  /// - Parameters:
  ///   - training: where to.
  ///   - kind: of model; one of another kind there is not to be replaced.
  ///   - patience: after so many validations without a better model the run ends.
  ///   - tellsEpochs: whether an epoch's time is of interest.
  /// - Returns: how it ended.
  /// - Throws: what the plan throws, with hints; `ExitCode` after an interruption; `ReplacementError`
  ///   where a model of another kind is in the folder.
  @discardableResult
  func run(
    _ plan: some TrainingPlan, _ training: TrainingOptions, kind: String, patience: Int? = nil,
    tellsEpochs: Bool = false
  ) throws -> TrainingOutcome {
    var observer = observer
    observer.willBegin = { [self] length in
      try training.checkModel(of: kind)
      if length.done > 0 { tell("going on after step \(length.done)") }
      display = TrainingProgress(
        steps: length.steps, done: length.done, unit: unit, style: options.progress,
        isQuiet: options.quiet)
      if tellsEpochs { estimate = EpochEstimate(stepsPerEpoch: length.stepsPerEpoch) }
    }
    defer { display?.finish() }
    let outcome = try heeding {
      try plan.train(into: training.output, resumes: training.resume, observer: observer)
    }
    if outcome.isOutOfPatience, !options.quiet {
      display?.say(
        "no better model for \(patience ?? 0) validations: the run ends at step \(outcome.steps)")
    }
    if let status = interruption?.exitStatus {
      tell("interrupted; the same command with --resume goes on from here")
      throw ExitCode(status)
    }
    return outcome
  }

  /// Does work that `observer` is told of.
  ///
  /// - Throws: what `work` throws; `ExitCode` after an interruption.
  func heeding<Value>(_ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch is CancellationError {
      throw ExitCode(interruption?.exitStatus ?? 1)
    }
  }

  var observer: TrainingObserver {
    var observer = TrainingObserver()
    observer.tell = { [self] in show($0) }
    observer.shouldStop = { [self] in interruption?.flag.isRaised ?? false }
    return observer
  }

  private func tell(_ sentence: String) {
    if !options.quiet { note(sentence) }
  }

  private func show(_ event: TrainingEvent) {
    switch event {
    case .note(let sentence): tell(sentence)
    case .notice(let sentence): line.say("caption: \(sentence)")
    case .began(let stage):
      let sentence =
        switch stage {
        case .photos: "stopping, what the encoder saw is kept; once more stops at once"
        case .steps: "finishing the step; once more stops at once"
        }
      let isQuiet = options.quiet
      interruption = Interruption { if !isQuiet { note(sentence) } }
    case .ended:
      interruption?.end()
      line.finish()
    case .preparation(let work, let done, let total):
      line.show("\(work), \(done)/\(total)", done: done, of: total)
      if done == total { line.finish() }
    case .step(let step, let report, _):
      display?.advance(to: step, report)
      if let sentence = estimate?.add(), !options.quiet { display?.say(sentence) }
    case .validation, .rateFall, .examples:
      guard !options.quiet else { return }
      for sentence in sentences(of: event) { display?.say(sentence) }
    }
  }

  private func sentences(of event: TrainingEvent) -> [String] {
    switch event {
    case .validation(let step, let scores, let isBest):
      let scores = scores.map { "\($0.name) \(text($0))" }.joined(separator: ", ")
      return ["step \(step): " + scores + (isBest ? ", the best so far" : "")]
    case .rateFall(let rate): return [String(format: "the learning rate falls to %.3g", rate)]
    case .examples(let lines): return lines.map { "  " + $0 }
    default: return []
    }
  }
}

/// Tells after the first steps how long one goes through the data.
private struct EpochEstimate {
  let stepsPerEpoch: Double
  private var steps = 0
  private var start: ContinuousClock.Instant?

  /// The first step, which fetches everything into memory, is not counted.
  private static let counted = 10

  init(stepsPerEpoch: Double) { self.stepsPerEpoch = stepsPerEpoch }

  /// - Returns: a sentence, once.
  mutating func add() -> String? {
    guard let start else {
      start = .now
      return nil
    }
    steps += 1
    guard steps == Self.counted else { return nil }
    let perStep = (ContinuousClock.now - start) / .seconds(1) / Double(steps)
    return "an epoch of \(Int(stepsPerEpoch.rounded(.up))) steps takes about "
      + Progress.duration(perStep * stepsPerEpoch)
  }
}
