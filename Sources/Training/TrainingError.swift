public import Files

/// Why a training run cannot begin, or cannot go on.
public enum TrainingError: Failure, Equatable {
  /// A checkpoint is not what it should be.
  case checkpoint(path: String, reason: String)
  /// There is a checkpoint of a run that was not to be gone on with.
  case begun(checkpoint: String)
  /// Another process trains into the folder.
  case busy(folder: String)
  /// The data cannot be trained on.
  case data(path: String, reason: String)
  /// Most words of the captions are outside the vocabulary.
  case unknownWords(path: String, unknown: Int, of: Int, vocabulary: Int)
  /// The loss or a gradient is no number: the parameters before the step are kept.
  case diverged(step: Int, what: String)
  /// The options contradict each other or the model.
  case options(String)

  public var parts: FailureParts {
    switch self {
    case .checkpoint(let path, let reason):
      .init(.badData, path, "cannot be resumed from: \(reason)")
    case .begun(let path): .init(.badData, path, "cannot be resumed from: a run was begun here")
    case .busy(let path): .init(.inputOutput, path, "another process is at work on this model")
    case .data(let path, let reason): .init(.badData, path, "cannot be trained on: \(reason)")
    case .unknownWords(let path, let unknown, let words, let vocabulary):
      .init(
        .badData, path,
        "cannot be trained on: \(unknown) of the captions’ \(words) words are outside the vocabulary "
          + "of \(vocabulary)")
    case .diverged(let step, let what):
      .init(
        .internalFault,
        "training diverged at step \(step): \(what) is not a finite number; the last checkpoint is "
          + "kept, a lower learning rate may help")
    case .options(let reason): .init(.usage, reason)
    }
  }
}
