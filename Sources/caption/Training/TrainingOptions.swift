import ArgumentParser
import Batch
import Foundation
import ModelFiles
import NeuralNet
import Sentiment
import SystemPackage
import Training

/// How a model is trained, where to, and how much to say: shared by all commands that train.
struct TrainingOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder of the model, with its log and checkpoint.", valueName: "folder"),
    completion: .directory)
  var output: String

  @Flag(help: "Go on from the checkpoint in --output, if there is one, as if never interrupted.")
  var resume = false

  @Option(help: "How many steps to make (default: by --epochs).")
  var steps: Int?

  @Option(help: "How often to go through the data.", transform: decimalNumber)
  var epochs = 3.0

  @OptionGroup var stepSize: StepSizeOptions

  @Option(help: ArgumentHelp("Steps in which the rate rises to its highest.", valueName: "steps"))
  var warmUp: Int?

  @Option(
    help: """
      How the rate falls after that; with plateau, each time that validation has found nothing \
      better for a while.
      """)
  var schedule = ScheduleName.linear

  @Option(
    help: ArgumentHelp(
      "With --schedule step: steps after which the rate falls (default: a third of all).",
      valueName: "steps"))
  var decayEvery: Int?

  @Option(
    help: ArgumentHelp(
      "With --schedule step or plateau: what the rate is multiplied by (default: 0.3).",
      valueName: "factor"), transform: decimalNumber)
  var decayFactor: Float?

  @Option(
    help: ArgumentHelp(
      "With --schedule plateau: after so many validations in a row without a better score the rate "
        + "falls (default: 2).", valueName: "count"))
  var plateauPatience: Int?

  @Option(
    help: ArgumentHelp(
      "Steps from one validation to the next (default: a tenth of all).", valueName: "steps"))
  var validateEvery: Int?

  @Option(
    help: ArgumentHelp(
      "End the run after so many validations without a better model (default: never).",
      valueName: "count"))
  var patience: Int?

  @Option(help: ArgumentHelp("Steps from one checkpoint to the next.", valueName: "steps"))
  var checkpointEvery = 200

  @Option(
    help: ArgumentHelp(
      "Also write the log as event files of TensorBoard, into this folder.", valueName: "folder"),
    completion: .directory)
  var tensorboard: String?

  @OptionGroup var session: SessionOptions

  enum ScheduleName: String, CaseIterable, ExpressibleByArgument {
    case constant, linear, cosine, step, plateau
  }

  var seed: UInt64 { session.seed }
  var threads: Int { session.threads }
  var quiet: Bool { session.quiet }
  var clipNorm: Double { stepSize.clipNorm }

  func validate() throws {
    let positive: [(String, Double)] = [
      ("--steps", Double(steps ?? 1)), ("--epochs", epochs),
      ("--validate-every", Double(validateEvery ?? 1)),
      ("--checkpoint-every", Double(checkpointEvery)), ("--patience", Double(patience ?? 1)),
      ("--decay-every", Double(decayEvery ?? 1)), ("--decay-factor", Double(decayFactor ?? 1)),
      ("--plateau-patience", Double(plateauPatience ?? 1)),
    ]
    for (name, value) in positive where !(value > 0 && value.isFinite) {
      throw ValidationError("\(name) takes a number above 0.")
    }
    guard decayEvery == nil || schedule == .step else {
      throw ValidationError("--decay-every goes with --schedule step.")
    }
    guard plateauPatience == nil || schedule == .plateau else {
      throw ValidationError("--plateau-patience goes with --schedule plateau.")
    }
    guard decayFactor == nil || schedule == .step || schedule == .plateau else {
      throw ValidationError("--decay-factor goes with --schedule step or plateau.")
    }
    guard warmUp ?? 0 >= 0 else {
      throw ValidationError("--warm-up takes a number from 0.")
    }
  }

  /// To be called before the data is read, which may take long.
  ///
  /// - Parameters:
  ///   - files: what the run reads.
  ///   - models: models that it begins with, by name or path.
  /// - Throws: `ReplacementError` where what is written would take the place of that;
  ///   `TrainingError.busy` where another run writes into the folder; `FileFailure`.
  func checkOutput(files: [String], models: [String]) throws {
    try ModelLock.check(output)
    let inputs = files.map { FilePath(argument: $0) }
    let folders = models.compactMap { try? ModelFolder.find($0).path }
    for name in Self.files {
      try Replacement.check(
        FilePath(output).appending(name),
        against: inputs + folders.map { FilePath($0).appending(name) })
    }
    let isRun = isRunThere
    for name in Self.files {
      let path = FilePath(output).appending(name)
      switch Replacement.kind(of: path) {
      case .store?: throw ReplacementError.protected(path, FileKind.store.name)
      case .photo?: throw ReplacementError.protected(path, FileKind.photo.name)
      case let kind?:
        guard isRun, Self.isWritten(kind, as: name) else { throw ReplacementError.foreign(path) }
      case nil:
        // A link may lead to where no file is yet.
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path.string)
        guard isRun || target == nil else { throw ReplacementError.foreign(path) }
      }
    }
  }

  /// Whether a run has written into the folder before.
  private var isRunThere: Bool {
    let folder = FilePath(output)
    if Replacement.kind(of: folder.appending(Self.checkpointFile)) == .weights { return true }
    let path = folder.appending(Self.logFile)
    guard Replacement.kind(of: path) == .json else { return false }
    let log = try? TrainingLog.read(path: path.string)
    return log?.isEmpty == false
  }

  /// Whether what a run writes under a name is of this kind.
  private static func isWritten(_ kind: FileKind, as name: String) -> Bool {
    switch name {
    case configurationFile, logFile: kind == .json
    case ModelFolder.vocabularyFile:
      // Words may look like any text.
      switch kind {
      case .store, .photo, .figure, .weights, .array: false
      default: true
      }
    default: kind == .weights
    }
  }

  /// Expects no model of another kind in the folder.
  ///
  /// - Throws: `ReplacementError`.
  private func checkModel<Task>(of task: Task.Type) throws {
    let path = FilePath(output).appending(Self.configurationFile)
    guard Replacement.kind(of: path) != nil else { return }
    let wanted: String
    if task == ClassificationTask.self {
      wanted = SentimentConfiguration.kind
    } else if task == LanguageModelTask.self {
      wanted = "language-model"
    } else {
      wanted = "captioner"
    }
    guard (try? ModelFolder(path: output).kind) == wanted else {
      throw ReplacementError.foreign(path)
    }
  }

  /// What a run writes in its folder.
  private static let files = [
    configurationFile, "model.safetensors", ModelFolder.vocabularyFile, logFile, checkpointFile,
  ]
  private static let configurationFile = "config.json"
  private static let logFile = "log.ndjson"
  private static let checkpointFile = "checkpoint.safetensors"

  /// More than can be made; a whole number that Double has.
  private static let mostSteps = 1e15

  /// How many steps there are, if one goes `stepsPerEpoch` times through the data.
  func allSteps(stepsPerEpoch: Double) -> Int {
    steps ?? Int(min(max(1, epochs * stepsPerEpoch), Self.mostSteps).rounded())
  }

  /// - Parameters:
  ///   - steps: how many there are in all.
  ///   - defaultRate: where none was given.
  func runOptions<Task>(
    _ task: Task.Type, steps: Int, defaultRate: Float
  ) -> TrainingRun<Task>.Options {
    let warmUp = min(warmUp ?? min(100, steps / 10), steps)
    let falling = steps - warmUp
    let factor = decayFactor ?? 0.3
    let decay: LearningRateSchedule.Decay =
      switch schedule {
      case .constant: .constant
      case .linear: .linear(steps: falling, final: 0.02)
      case .cosine: .cosine(steps: falling, final: 0.02)
      case .step: .step(every: decayEvery ?? max(1, steps / 3), factor: factor)
      case .plateau:
        .plateau(PlateauSchedule(patience: plateauPatience ?? 2, factor: factor))
      }
    var options = TrainingRun<Task>.Options(
      steps: steps,
      schedule: LearningRateSchedule(
        peak: stepSize.rate ?? defaultRate, warmUp: warmUp, decay: decay),
      validationInterval: validateEvery ?? max(1, steps / 10),
      checkpointInterval: checkpointEvery)
    options.patience = patience
    options.tensorBoard = tensorboard
    return options
  }

  /// Makes the steps of a run that are left, and shows them.
  ///
  /// - Parameters:
  ///   - unit: what a step reads, such as “words”.
  ///   - stepsPerEpoch: how many steps go once through the data: nil where an epoch's time is not
  ///     of interest.
  ///   - text: of a score, a percentage by default.
  /// - Throws: `ExitCode` after an interruption; `ReplacementError` where a model of another kind is
  ///   in the folder.
  func run<Task>(
    _ run: inout TrainingRun<Task>, steps: Int, unit: String, stepsPerEpoch: Double? = nil,
    text: (ValidationScore) -> String = { String(format: "%.2f %%", 100 * $0.value) }
  ) throws {
    try checkModel(of: Task.self)
    let isQuiet = quiet
    let interruption = Interruption {
      if !isQuiet { note("finishing the step; once more stops at once") }
    }
    defer { interruption.end() }
    if run.step > 0, !isQuiet { note("going on after step \(run.step)") }
    var display = TrainingProgress(
      steps: steps, done: run.step, unit: unit, style: session.progress, isQuiet: isQuiet)
    defer { display.finish() }
    var estimate = stepsPerEpoch.map { EpochEstimate(stepsPerEpoch: $0) }
    try run.run(shouldStop: { interruption.flag.isRaised }) { event in
      switch event {
      case .step(let step, let report, _):
        display.advance(to: step, report)
        if let sentence = estimate?.add(), !isQuiet { display.say(sentence) }
      case .validation(let step, let scores, let isBest):
        let scores = scores.map { "\($0.name) \(text($0))" }
        if !isQuiet {
          display.say(
            "step \(step): " + scores.joined(separator: ", ")
              + (isBest ? ", the best so far" : ""))
        }
      case .rateFall(let rate):
        if !isQuiet { display.say(String(format: "the learning rate falls to %.3g", rate)) }
      case .examples(let lines):
        if !isQuiet { for line in lines { display.say("  " + line) } }
      }
    }
    if run.isOutOfPatience, !isQuiet {
      display.say(
        "no better model for \(patience ?? 0) validations: the run ends at step \(run.step)")
    }
    if let status = interruption.exitStatus {
      if !isQuiet { note("interrupted; the same command with --resume goes on from here") }
      throw ExitCode(status)
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
