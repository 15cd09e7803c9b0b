package import Files

/// Why a run cannot be made, shown or compared.
package enum EvaluationError: Failure, Equatable {
  /// There is no evaluation of that number; with the one that was called so while evaluations were
  /// numbered along with all other runs.
  case noRun(Int64, newNumber: Int64? = nil)
  /// The store is damaged: it does not tell any more how a run was scored.
  case noProtocol(Int64)
  /// The runs have no photo in common.
  case nothingInCommon(Int64, Int64)
  /// A measure that a run does not have.
  case noMetric(String, known: [String])
  /// Photos of the split that have no caption.
  case missing(photos: Int, of: Int, first: String)

  package var parts: FailureParts {
    switch self {
    case .noRun(let run, let number?):
      .init(
        .noInput,
        "there is no evaluation \(run); what was run \(run) is evaluation \(number) by now, as "
          + "evaluations are numbered by themselves")
    case .noRun(let run, nil): .init(.noInput, "there is no evaluation \(run)")
    case .noProtocol(let run):
      .init(.badData, "the store does not tell how the run \(run) was scored, which is damage")
    case .nothingInCommon(let old, let new):
      .init(.badData, "the runs \(old) and \(new) have no photo of a dataset in common")
    case .noMetric(let name, let known):
      .init(.usage, "there is no measure “\(name)”; there are \(known.joined(separator: ", "))")
    case .missing(let photos, let all, let first):
      .init(
        .badData,
        "\(photos) of \(all) photos could not be captioned, such as \(first), so nothing was scored"
      )
    }
  }
}
