package import NeuralNet
package import Tensors

/// A task whose steps depend on one model in training, on where they stand in the data, and on
/// nothing else.
package protocol ModelTask: TrainingTask where State == ModelTaskState<Model, Order> {
  associatedtype Model: Trainable
  associatedtype Order: Codable & Sendable

  var trained: ModelInTraining<Model> { get set }
  /// What is read next.
  var order: Order { get set }
}

package struct ModelTaskState<Model: Trainable, Order: Codable & Sendable>: Codable, Sendable {
  fileprivate let order: Order
  fileprivate let trained: ModelInTraining<Model>.State
}

extension ModelTask {
  /// How many numbers are trained.
  package var parameterCount: Int { trained.model.parameterCount }

  package var state: ModelTaskState<Model, Order> {
    ModelTaskState(order: order, trained: trained.state)
  }

  package var tensors: [String: [String: Tensor]] { trained.tensors }

  package mutating func restore(
    _ state: ModelTaskState<Model, Order>, _ weights: (_ prefix: String) -> WeightReader
  ) throws {
    try trained.restore(state.trained, weights)
    order = state.order
  }
}
