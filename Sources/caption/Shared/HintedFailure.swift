import Files

/// A library's failure with what on the command line may help here, in the place of what usually does.
struct HintedFailure: Failure {
  let failure: any Failure
  /// Nil where nothing does.
  let hint: String?

  var parts: FailureParts {
    .init(failure.kind, failure.subject, failure.reason + (hint.map { "; \($0)" } ?? ""))
  }
}
