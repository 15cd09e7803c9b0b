internal import Foundation
package import NeuralNet

/// How long a model is trained, at which rate, and how often it is measured and kept: what all
/// training has.
public struct TrainingCourse: Sendable {
  /// How the learning rate falls from its peak.
  public enum Decay: Equatable, Sendable {
    case constant
    /// In a straight line, to a fiftieth of the peak at the end.
    case linear
    /// Along half a cosine, to a fiftieth of the peak at the end.
    case cosine
    /// By a factor every so many steps; nil for a third of all steps.
    case step(every: Int? = nil, factor: Float = 0.3)
    /// By a factor each time that so many validations in a row have found nothing better.
    case plateau(patience: Int = 2, factor: Float = 0.3)
  }

  /// How many steps to make; nil for as many as `epochs` takes.
  public var steps: Int?
  /// How often to go through the data.
  public var epochs = 3.0
  /// The highest learning rate; nil for what suits the model.
  public var rate: Float?
  /// Steps in which the rate rises to it; nil for a tenth of all, of at most 100.
  public var warmUp: Int?
  public var decay = Decay.linear
  /// Longer gradients are shortened to this Euclidean norm.
  public var clipNorm = 1.0
  /// Steps from one validation to the next; nil for what suits the model.
  public var validationInterval: Int?
  /// After so many validations without a better model the run ends; nil for never.
  public var patience: Int?
  /// Steps from one checkpoint to the next.
  public var checkpointInterval = 200
  /// A folder for event files of TensorBoard, which say what the log says; nil for none.
  public var tensorBoard: String?
  /// Of all that is random: the same seed gives the same model.
  public var seed: UInt64 = 1
  public var threads = ProcessInfo.processInfo.activeProcessorCount

  public init() {}

  /// More than can be made; a whole number that Double has.
  private static let mostSteps = 1e15

  /// How many steps there are, if so many go once through the data.
  package func allSteps(perEpoch stepsPerEpoch: Double) -> Int {
    steps ?? Int(min(max(1, epochs * stepsPerEpoch), Self.mostSteps).rounded())
  }

  /// - Parameters:
  ///   - stepsPerEpoch: how many steps go once through the data.
  ///   - usualRate: the highest learning rate where none is given.
  ///   - validationInterval: where none is given; nil for a tenth of all steps.
  package func options<Task>(
    of task: Task.Type, stepsPerEpoch: Double, usualRate: Float,
    validationInterval usual: Int? = nil
  ) -> TrainingRun<Task>.Options {
    let steps = allSteps(perEpoch: stepsPerEpoch)
    let warmUp = min(warmUp ?? min(100, steps / 10), steps)
    let falling = steps - warmUp
    let decay: LearningRateSchedule.Decay =
      switch decay {
      case .constant: .constant
      case .linear: .linear(steps: falling, final: 0.02)
      case .cosine: .cosine(steps: falling, final: 0.02)
      case .step(let every, let factor): .step(every: every ?? max(1, steps / 3), factor: factor)
      case .plateau(let patience, let factor):
        .plateau(PlateauSchedule(patience: patience, factor: factor))
      }
    var options = TrainingRun<Task>.Options(
      steps: steps,
      schedule: LearningRateSchedule(peak: rate ?? usualRate, warmUp: warmUp, decay: decay),
      validationInterval: validationInterval ?? usual ?? max(1, steps / 10),
      checkpointInterval: checkpointInterval)
    options.patience = patience
    options.tensorBoard = tensorBoard
    return options
  }
}

/// How parameters follow their gradients.
public enum TrainingMethod: Equatable, Sendable {
  /// Gradient descent with momentum.
  case sgd(momentum: Float = 0.9)
  case adam
  /// Adam with weight decay apart.
  case adamW

  package var optimizer: Optimizer.Method {
    switch self {
    case .sgd(let momentum): .descent(momentum: momentum)
    case .adam: .adam()
    case .adamW: .adamW()
    }
  }

  /// The learning rate where none is given.
  package var usualRate: Float {
    if case .sgd = self { 0.1 } else { 1e-3 }
  }
}

/// What keeps a model from learning its data by heart; whatever is nil is what suits the model.
public struct Regularization: Equatable, Sendable {
  /// The probability of dropping a number of the LSTM's states.
  public var dropout: Float?
  /// The probability of dropping a number of a word.
  public var embeddingDropout: Float?
  public var labelSmoothing: Float?
  public var weightDecay: Float?
  /// How slowly the average of the parameters, which is the model, follows them: the share that it
  /// keeps of itself at each step.
  public var average: Float?

  public init() {}
}
