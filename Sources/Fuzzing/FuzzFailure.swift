package import Files

/// What the program did with an input and should not have.
package struct FuzzFailure: Failure {
  package let description: String
  package var parts: FailureParts { .init(.internalFault, description) }

  package init(description: String) { self.description = description }
}

/// - Throws: `FuzzFailure` unless a condition is met.
func require(_ condition: Bool, _ failure: @autoclosure () -> String) throws(FuzzFailure) {
  guard condition else { throw FuzzFailure(description: failure()) }
}

/// Does something that an input may forbid.
///
/// - Parameter isRefusal: whether an error is what a person should be told of such an input.
/// - Returns: nil where it was refused.
/// - Throws: `FuzzFailure` for all other errors.
func allowing<Value>(
  _ isRefusal: (any Error) throws(FuzzFailure) -> Bool, _ work: () throws -> Value
) throws(FuzzFailure) -> Value? {
  do {
    return try work()
  } catch let failure as FuzzFailure {
    throw failure
  } catch {
    try require(try isRefusal(error), "an error that nobody should see: \(error)")
    return nil
  }
}

/// As `allowing(_:_:)`, where all errors of a type are what a person should be told.
func allowing<Refusal: Error, Value>(
  _ refusals: Refusal.Type, _ work: () throws -> Value
) throws(FuzzFailure) -> Value? {
  try allowing({ $0 is Refusal } as (any Error) -> Bool, work)
}
