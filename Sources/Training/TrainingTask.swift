package import Tensors

/// What is trained: a model, its data, and how a step changes it. `TrainingRun` does the rest.
///
/// A task's randomness depends on its seed and the step's number alone, so that a run that goes on
/// from a checkpoint makes the same steps as one that was never interrupted.
package protocol TrainingTask {
  /// Everything that steps depend on besides tensors.
  associatedtype State: Codable & Sendable

  var state: State { get }

  /// Parameters, running means of the optimizer and so on, by prefix.
  var tensors: [String: [String: Tensor]] { get }

  /// Goes on from a checkpoint.
  ///
  /// - Throws: `WeightError`, `TrainingError`.
  mutating func restore(_ state: State, _ weights: (_ prefix: String) -> WeightReader) throws

  /// Makes one step.
  ///
  /// - Parameters:
  ///   - index: counted from 0.
  ///   - rate: the learning rate.
  /// - Throws: `TrainingError.diverged` before anything is changed.
  mutating func step(_ index: Int, rate: Float) throws -> StepReport

  /// Whether there is data to validate with.
  var isMeasured: Bool { get }

  /// Measures the model on data that it is not trained on; empty where there are none.
  mutating func validate() throws -> [ValidationScore]

  /// How good a model with these scores is; larger is better.
  func merit(_ scores: [ValidationScore]) -> Double

  /// What the model makes of a few fixed inputs, a line each, so that one sees it learn.
  func examples() throws -> [String]

  /// Writes the model for use, as it was when it was last validated.
  ///
  /// - Parameter scores: what `validate` found.
  func writeModel(to folder: String, _ scores: [ValidationScore]) throws
}

extension TrainingTask {
  /// The mean of the scores.
  package func merit(_ scores: [ValidationScore]) -> Double {
    scores.reduce(0) { $0 + $1.value } / Double(max(1, scores.count))
  }

  package func examples() -> [String] { [] }
}

/// What a step did.
public struct StepReport: Sendable {
  /// The loss that was minimised.
  public let loss: Double
  /// Its parts by name, where it has several.
  public let parts: [String: Double]
  /// The Euclidean norm of the gradients before clipping.
  public let gradientNorm: Double
  /// How much was read: words, or images.
  public let items: Int

  package init(loss: Double, parts: [String: Double] = [:], gradientNorm: Double, items: Int) {
    self.loss = loss
    self.parts = parts
    self.gradientNorm = gradientNorm
    self.items = items
  }
}

/// A number that tells how good a model is; larger is better.
public struct ValidationScore: Codable, Equatable, Sendable {
  public let name: String
  public let value: Double

  package init(_ name: String, _ value: Double) {
    self.name = name
    self.value = value
  }
}
