import Synchronization
package import Tensors

/// Seeded weights that remember what they were asked for, to write files of them.
package final class RecordingWeights: WeightSource {
  private let asked = Mutex<[String: Tensor]>([:])
  private let seeded = SeededWeights(seed: 5)

  package init() {}

  /// What has been asked for so far, by name.
  package var tensors: [String: Tensor] { asked.withLock { $0 } }

  package func shape(of name: String) -> Shape? { nil }

  package func contains(_ name: String) -> Bool { true }

  package func tensor(_ name: String, shape: Shape) -> Tensor {
    let tensor = seeded.tensor(name, shape: shape)
    asked.withLock { $0[name] = tensor }
    return tensor
  }
}
