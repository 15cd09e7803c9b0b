/// Whose fault a failure is, as far as a caller's next step depends on it. The words stand in stores
/// and in JSON.
public enum FailureKind: String, Codable, Sendable {
  /// What was asked for cannot be meant.
  case usage
  /// There is nothing to read.
  case noInput = "no input"
  /// What was read cannot be used.
  case badData = "bad data"
  /// The machine failed to read or write.
  case inputOutput = "input or output"
  /// None of these.
  case internalFault = "internal fault"
}

/// What all errors of this program are: a sentence that a person can act on, whose parts can be had
/// one by one.
public protocol Failure: Error, CustomStringConvertible {
  var kind: FailureKind { get }
  /// What it is about: a path, or what else the user calls it; nil where the reason says it all.
  var subject: String? { get }
  /// The sentence without its subject.
  var reason: String { get }
}

extension Failure {
  public var description: String { subject.map { "\($0): \(reason)" } ?? reason }
}
