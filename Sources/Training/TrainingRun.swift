internal import Files
internal import Foundation
package import NeuralNet
internal import SystemPackage

/// A task trained for a number of steps, with a log, checkpoints to resume from, and the best model
/// so far written for use.
///
/// The output's folder holds `checkpoint.safetensors`, `log.ndjson`, and the model.
package struct TrainingRun<Task: TrainingTask> {
  package struct Options: Sendable {
    package var steps: Int
    package var schedule: LearningRateSchedule
    /// Steps from one validation to the next; the last step is always followed by one.
    package var validationInterval: Int
    /// Steps from one checkpoint to the next; validations are always followed by one.
    package var checkpointInterval: Int
    /// After so many validations without a better model the run ends; nil for never.
    package var patience: Int?
    /// Steps that one line of the log sums up.
    package var logInterval = 10
    /// A folder for event files of TensorBoard, which say what the log says; nil for none.
    package var tensorBoard: String?

    package init(
      steps: Int, schedule: LearningRateSchedule, validationInterval: Int, checkpointInterval: Int
    ) {
      self.steps = steps
      self.schedule = schedule
      self.validationInterval = validationInterval
      self.checkpointInterval = checkpointInterval
    }
  }

  /// Where a run stands, beside its task.
  private struct State: Codable, Sendable {
    var task: Task.State
    var schedule: LearningRateSchedule
    var step = 0
    /// The merit of the model that is in the folder.
    var best: Double?
    /// How many validations have found no better one since.
    var validationsSinceBest = 0
    var seconds = 0.0
    /// What must be the same for the run to go on.
    let fingerprint: String
  }

  package private(set) var task: Task
  private let options: Options
  private let folder: String
  private var state: State
  /// Keeps other processes out of the folder from the beginning to the end of a session.
  private var lock: FileLock?

  /// How many steps were made.
  package var step: Int { state.step }
  package var isFinished: Bool { state.step >= options.steps || isOutOfPatience }
  /// Whether validations have found no better model for so long that the run ended early.
  package var isOutOfPatience: Bool {
    options.patience.map { state.validationsSinceBest >= $0 } ?? false
  }

  private var checkpointPath: String { folder + "/checkpoint.safetensors" }
  private var logPath: String { folder + "/log.ndjson" }

  /// - Parameters:
  ///   - folder: is made where it does not exist.
  ///   - resumes: whether to go on from the folder's checkpoint, if there is one.
  ///   - fingerprint: the options that must not change from one session of a run to the next.
  /// - Throws: `TrainingError.options` if the schedule or the patience needs measures and the task
  ///   makes none; `.begun` if there is a checkpoint and `resumes` is false, `.checkpoint` if its
  ///   fingerprint is another; `.busy`; `WeightError`; `FileFailure`.
  package init(
    _ task: Task, _ options: Options, folder: String, resumes: Bool, fingerprint: String
  ) throws {
    self.task = task
    self.options = options
    self.folder = folder
    state = State(task: task.state, schedule: options.schedule, fingerprint: fingerprint)
    guard task.isMeasured || !options.schedule.needsMeasures else {
      throw TrainingError.options(
        "a learning rate that falls at plateaus goes by validation, and there is nothing to validate "
          + "with")
    }
    guard task.isMeasured || options.patience == nil else {
      throw TrainingError.options(
        "patience goes by validation, and there is nothing to validate with")
    }
    try makeFolder(FilePath(folder))
    lock = try ModelLock.take(folder)
    LeftOvers.clear(in: FilePath(folder), ofFoundation: true)
    guard FileManager.default.fileExists(atPath: checkpointPath) else { return }
    guard resumes else { throw TrainingError.begun(checkpoint: checkpointPath) }
    let checkpoint = try Checkpoint<State>(path: checkpointPath)
    let found = checkpoint.state.fingerprint
    guard found == fingerprint else {
      throw TrainingError.checkpoint(
        path: checkpointPath,
        reason: RunFingerprint.isOfOtherVersion(found)
          ? "another version of this program began the run, and noted in another way what it learns "
            + "from; that version can end it"
          : "the run was begun with other options or data: \(found)")
    }
    state = checkpoint.state
    try self.task.restore(state.task) { checkpoint[$0] }
  }

  /// Makes the steps that are left.
  ///
  /// - Parameters:
  ///   - shouldStop: is asked after each step; true ends the session with a checkpoint.
  ///   - observe: is told of every step.
  /// - Throws: `TrainingError.diverged`, `.busy`; `FileFailure`.
  package mutating func run(
    shouldStop: () -> Bool = { false }, observe: (TrainingEvent) throws -> Void = { _ in }
  ) throws {
    if lock == nil { lock = try ModelLock.take(folder) }
    defer { lock = nil }
    guard !isFinished else { return }
    let log = try Record(
      TrainingLog(path: logPath, keepingSteps: state.step),
      options.tensorBoard.map { try TensorBoardWriter(folder: $0, keepingSteps: state.step) })
    let clock = Stopwatch(state.seconds)
    var sum = Sum()
    while !isFinished {
      let rate = state.schedule.rate(step: state.step)
      let report = try task.step(state.step, rate: rate)
      state.step += 1
      state.seconds = clock.seconds
      sum.add(report)
      try observe(.step(state.step, report, rate: rate))
      let stops = shouldStop()
      func isDue(_ interval: Int) -> Bool { state.step % max(1, interval) == 0 || isFinished }
      if isDue(options.logInterval) || stops {
        try log.write(sum.entry(step: state.step, rate: rate, seconds: state.seconds))
        sum = Sum()
      }
      let validates = isDue(options.validationInterval)
      if validates { try validate(log, observe) }
      if validates || stops || isDue(options.checkpointInterval) { try writeCheckpoint() }
      if stops { return }
    }
  }

  private mutating func validate(_ log: Record, _ observe: (TrainingEvent) throws -> Void) throws {
    let scores = try task.validate()
    let merit = task.merit(scores)
    // Without anything to measure by, the last model is the best.
    let isBest = scores.isEmpty || state.best.map { merit > $0 } ?? true
    state.validationsSinceBest = isBest ? 0 : state.validationsSinceBest + 1
    if isBest {
      state.best = merit
      try task.writeModel(to: folder, scores)
    }
    if !scores.isEmpty {
      try log.write(
        TrainingLog.Entry(
          event: "validation", step: state.step,
          scores: Dictionary(
            scores.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }),
          seconds: state.seconds))
      try observe(.validation(state.step, scores, isBest: isBest))
      if state.schedule.observe(merit) {
        try observe(.rateFall(to: state.schedule.rate(step: state.step)))
      }
      let examples = try task.examples()
      if !examples.isEmpty { try observe(.examples(examples)) }
    }
  }

  private mutating func writeCheckpoint() throws {
    state.task = task.state
    try Checkpoint.write(state, task.tensors, to: checkpointPath)
  }

  /// Makes the steps that are left, as a plan's stage.
  ///
  /// - Parameter stepsPerEpoch: how many steps go once through the data.
  /// - Throws: as the other `run`, and what the observer throws.
  package mutating func run(
    stepsPerEpoch: Double, observer: TrainingObserver
  ) throws -> TrainingOutcome {
    try observer.willBegin(
      TrainingLength(done: step, steps: options.steps, stepsPerEpoch: stepsPerEpoch))
    try observer.during(.steps) {
      try run(shouldStop: observer.shouldStop, observe: observer.tell)
    }
    return TrainingOutcome(steps: step, isOutOfPatience: isOutOfPatience)
  }
}

/// Where a run writes down what happens.
private struct Record {
  private let log: TrainingLog
  private let tensorBoard: TensorBoardWriter?

  init(_ log: TrainingLog, _ tensorBoard: TensorBoardWriter?) {
    self.log = log
    self.tensorBoard = tensorBoard
  }

  func write(_ entry: TrainingLog.Entry) throws {
    try log.write(entry)
    try tensorBoard?.write(entry.scalars, step: entry.step)
  }
}

/// Seconds on top of those of earlier sessions.
private struct Stopwatch {
  private let earlier: Double
  private let start = ContinuousClock.now

  init(_ earlier: Double) { self.earlier = earlier }

  var seconds: Double {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return earlier + Double(seconds) + Double(attoseconds) * 1e-18
  }
}

/// Several steps as one line of the log.
private struct Sum {
  private var loss = 0.0
  private var parts: [String: Double] = [:]
  private var norm = 0.0
  private var items = 0
  private var count = 0
  private let clock = Stopwatch(0)

  mutating func add(_ report: StepReport) {
    loss += report.loss
    for (name, value) in report.parts { parts[name, default: 0] += value }
    norm += report.gradientNorm
    items += report.items
    count += 1
  }

  func entry(step: Int, rate: Float, seconds: Double) -> TrainingLog.Entry {
    let share = 1 / Double(max(1, count))
    return TrainingLog.Entry(
      event: "step", step: step, loss: loss * share,
      parts: parts.isEmpty ? nil : parts.mapValues { $0 * share }, rate: Double(rate),
      gradientNorm: norm * share, itemsPerSecond: Double(items) / max(1e-9, clock.seconds),
      seconds: seconds)
  }
}
