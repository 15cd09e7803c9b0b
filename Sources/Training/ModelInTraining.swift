package import NeuralNet
package import Tensors

/// A model with all that steps of training keep beside its parameters: gradients, the optimizer's
/// running means, and, where there is one, the parameters' moving average.
package struct ModelInTraining<Model: Trainable>: Sendable {
  /// Steps change its running statistics; its parameters change by `update` alone.
  package var model: Model
  package var gradients: Model
  private var optimizer: Optimizer
  private var average: ExponentialMovingAverage<Model>?

  /// What a checkpoint holds besides tensors.
  package struct State: Codable, Sendable {
    fileprivate var optimizerSteps: Int
    fileprivate var averageUpdates: Int?
  }

  /// - Parameter averageDecay: nil for no moving average.
  package init(_ model: Model, _ optimizer: Optimizer, averageDecay: Float? = nil) {
    self.model = model
    self.optimizer = optimizer
    gradients = model.zeros()
    average = averageDecay.map { ExponentialMovingAverage(model, decay: $0) }
  }

  /// The model to measure and to write: of the averaged parameters, where there are such.
  package var result: Model { average?.average ?? model }

  /// How many updates were made.
  package var steps: Int { optimizer.steps }

  package var state: State {
    State(optimizerSteps: optimizer.steps, averageUpdates: average?.updates)
  }

  /// Parameters, running means and average, by prefix.
  package var tensors: [String: [String: Tensor]] {
    var tensors = ["model": model.tensors, "optimizer": optimizer.tensors]
    tensors["average"] = average?.average.tensors
    return tensors
  }

  /// Goes on from a checkpoint.
  ///
  /// - Throws: `WeightError`.
  package mutating func restore(
    _ state: State, _ weights: (_ prefix: String) -> WeightReader
  ) throws {
    try model.load(weights("model"))
    try optimizer.restore(weights("optimizer"), steps: state.optimizerSteps, for: model)
    guard let decay = average?.decay else { return }
    var mean = model
    try mean.load(weights("average"))
    average = ExponentialMovingAverage(mean, decay: decay, updates: state.averageUpdates ?? 0)
  }

  /// Changes the parameters by the gradients.
  ///
  /// - Parameters:
  ///   - loss: of the step.
  ///   - step: its number, counted from 0.
  ///   - clipNorm: longer gradients are shortened to this Euclidean norm.
  ///   - rateFactor: as in `Optimizer.update`.
  /// - Returns: the gradients' norm before.
  /// - Throws: `TrainingError.diverged` before anything is changed.
  package mutating func update(
    loss: Double, step: Int, rate: Float, clipNorm: Double, threads: Int,
    rateFactor: @escaping (String) -> Float = { _ in 1 }
  ) throws -> Double {
    let norm = gradients.clip(toNorm: clipNorm, threads: threads)
    guard loss.isFinite, norm.isFinite else {
      throw TrainingError.diverged(step: step + 1, what: culprit ?? "the loss")
    }
    optimizer.update(&model, gradients, rate: rate, threads: threads, rateFactor: rateFactor)
    average?.update(model, threads: threads)
    return norm
  }

  /// The first gradient that is not a number.
  private var culprit: String? {
    gradients.tensors.sorted { $0.key < $1.key }
      .first { !$0.value.elements.allSatisfy(\.isFinite) }.map { "the gradient of “\($0.key)”" }
  }
}
