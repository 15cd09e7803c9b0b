/// What training tells while it goes on.
public enum TrainingEvent: Sendable {
  /// What was found out about the data or the model before the first step, in a sentence.
  case note(String)
  /// A sentence about something on the way that has been helped, such as a damaged cache.
  case notice(String)
  /// Work begins that may take long, and that can be stopped with nothing lost.
  case began(TrainingStage)
  case ended(TrainingStage)
  /// How far what comes before the steps is, such as “reading photos”.
  case preparation(String, done: Int, of: Int)
  case step(Int, StepReport, rate: Float)
  case validation(Int, [ValidationScore], isBest: Bool)
  /// After a validation the schedule lowered the rate.
  case rateFall(to: Float)
  /// What the model makes of a few fixed inputs, after a validation.
  case examples([String])
}

/// Work of training that may take long.
public enum TrainingStage: Sendable {
  /// Looking at photos, before the first step; what was seen is kept.
  case photos
  case steps
}

/// How long a session of a training run will be.
public struct TrainingLength: Sendable {
  /// How many steps were made before.
  public let done: Int
  /// How many there are in all.
  public let steps: Int
  /// How many steps go once through the data.
  public let stepsPerEpoch: Double
}

/// Who is told how training goes, and asked whether it is to go on; on the thread that trains.
public struct TrainingObserver {
  public var tell: (TrainingEvent) -> Void = { _ in }
  /// Is asked before the first step, once the folder is the run's own; what it throws ends the run
  /// before anything is written.
  public var willBegin: (TrainingLength) throws -> Void = { _ in }
  /// Is asked now and then in the stages; true ends them, with what has been done kept.
  public var shouldStop: () -> Bool = { false }

  public init() {}

  /// Does the work of a stage.
  ///
  /// - Throws: what `work` throws.
  package func during<Value>(_ stage: TrainingStage, _ work: () throws -> Value) rethrows -> Value {
    tell(.began(stage))
    defer { tell(.ended(stage)) }
    return try work()
  }
}

/// How a session of a training run ended.
public struct TrainingOutcome: Equatable, Sendable {
  /// How many steps the run has made.
  public let steps: Int
  /// Whether the run ended early, since validations found no better model any more.
  public let isOutOfPatience: Bool

  package init(steps: Int, isOutOfPatience: Bool) {
    (self.steps, self.isOutOfPatience) = (steps, isOutOfPatience)
  }
}
