/// Why a training run cannot begin, or cannot go on.
package enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// A checkpoint is not what it should be.
  case checkpoint(path: String, reason: String)
  /// Another process trains into the folder.
  case busy(folder: String)
  /// The data cannot be trained on.
  case data(path: String, reason: String)
  /// The loss or a gradient is no number: the parameters before the step are kept.
  case diverged(step: Int, what: String)
  /// The options contradict each other or the model.
  case options(String)

  package var description: String {
    switch self {
    case .checkpoint(let path, let reason): "\(path): cannot be resumed from: \(reason)"
    case .busy(let folder): "\(folder): another process is at work on this model"
    case .data(let path, let reason): "\(path): cannot be trained on: \(reason)"
    case .diverged(let step, let what):
      "training diverged at step \(step): \(what) is not a finite number; the last checkpoint is "
        + "kept, a lower learning rate may help"
    case .options(let reason): reason
    }
  }
}
