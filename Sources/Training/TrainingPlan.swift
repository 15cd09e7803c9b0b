/// A model to train, set up from what it learns from and how.
public protocol TrainingPlan: Sendable {
  /// As `train(into:resumes:observer:)`, which is to be called.
  func run(
    in folder: String, resumes: Bool, observer: TrainingObserver
  ) throws -> TrainingOutcome
}

extension TrainingPlan {
  /// Trains the model. The best one so far is in the folder, ready for use, with a log and a
  /// checkpoint.
  ///
  /// - Parameters:
  ///   - folder: is made where it does not exist.
  ///   - resumes: whether to go on from the folder's checkpoint, if there is one.
  /// - Throws: `TrainingError` and other failures of what is read and written; `CancellationError`
  ///   where the observer stopped the work before the first step; what the observer throws.
  @discardableResult
  public func train(
    into folder: String, resumes: Bool = false, observer: TrainingObserver = TrainingObserver()
  ) throws -> TrainingOutcome {
    try run(in: folder, resumes: resumes, observer: observer)
  }
}
