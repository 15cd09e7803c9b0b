import Files

/// A library's failure with what on the command line may help.
struct HintedFailure: Failure {
  let failure: any Failure
  let hint: String

  var parts: FailureParts {
    .init(failure.kind, failure.subject, "\(failure.reason); \(hint)")
  }
}
