import Files

/// A library's failure with what on the command line may help.
struct HintedFailure: Failure {
  let failure: any Failure
  let hint: String

  var kind: FailureKind { failure.kind }
  var subject: String? { failure.subject }
  var reason: String { "\(failure.reason); \(hint)" }
}
