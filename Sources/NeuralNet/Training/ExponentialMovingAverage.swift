internal import Tensors

/// A model whose parameters follow those of another slowly: average ← d · average + (1 − d) ·
/// parameter, which often generalises better than the last step's (Polyak, Juditsky 1992).
///
/// As in TensorFlow, d = min(decay, (1 + n) / (10 + n)) at update n, so that the random start is
/// soon forgotten.
package struct ExponentialMovingAverage<Model: Trainable>: Sendable {
  package let decay: Float
  package private(set) var average: Model
  /// How many updates there have been.
  package private(set) var updates: Int

  /// - Parameters:
  ///   - average: the model as training starts, or a saved average.
  ///   - updates: how many updates a saved average has had.
  package init(_ average: Model, decay: Float, updates: Int = 0) {
    self.average = average
    self.decay = decay
    self.updates = updates
  }

  /// Moves the average towards the model; running statistics are taken over as they are.
  package mutating func update(_ model: Model, threads: Int = 1) {
    updates += 1
    let decay = min(decay, Float(1 + updates) / Float(10 + updates))
    average.forEachParameter(with: model) { parameter, average, tensor, _ in
      if parameter.isStatistic {
        average = tensor
      } else {
        let count = tensor.shape.count
        average.overTouched(nil) { base, _, _ in
          TrainingMath.add(base, scaledBy: decay - 1, count: count, into: base, threads: threads)
          TrainingMath.add(
            tensor.elements, scaledBy: 1 - decay, count: count, into: base, threads: threads)
        }
      }
    }
  }
}
