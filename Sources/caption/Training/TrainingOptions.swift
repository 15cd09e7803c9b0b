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

  @Option(help: "How often to go through the data (default: 3).", transform: decimalNumber)
  var epochs: Double?

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

  var quiet: Bool { session.quiet }

  func validate() throws {
    let positive: [(String, Double)] = [
      ("--steps", Double(steps ?? 1)), ("--epochs", epochs ?? 1),
      ("--checkpoint-every", Double(checkpointEvery)),
      ("--decay-every", Double(decayEvery ?? 1)), ("--decay-factor", Double(decayFactor ?? 1)),
    ]
    for (name, value) in positive where !(value > 0 && value.isFinite) {
      throw ValidationError("\(name) takes a number above 0.")
    }
    try excludes(["--epochs": epochs], with: "--steps", steps != nil)
    try requires(["--decay-every": decayEvery], with: "--schedule step", schedule == .step)
    try requires(
      ["--decay-factor": decayFactor], with: "--schedule step or plateau",
      [.step, .plateau].contains(schedule))
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
  func checkModel(of kind: String) throws {
    let path = FilePath(output).appending(Self.configurationFile)
    guard Replacement.kind(of: path) != nil else { return }
    guard (try? ModelFolder(path: output).kind) == kind else {
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

  /// What all plans of training have in common.
  var course: TrainingCourse {
    var course = session.course(stepSize)
    course.steps = steps
    course.epochs = epochs ?? course.epochs
    course.warmUp = warmUp
    course.decay =
      switch schedule {
      case .constant: .constant
      case .linear: .linear
      case .cosine: .cosine
      case .step: .step(every: decayEvery, factor: decayFactor ?? 0.3)
      case .plateau: .plateau(patience: 2, factor: decayFactor ?? 0.3)
      }
    course.checkpointInterval = checkpointEvery
    course.tensorBoard = tensorboard
    return course
  }
}
