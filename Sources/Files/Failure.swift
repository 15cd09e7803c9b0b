package import SystemPackage

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

/// What a failure says: one sentence that a person can act on, and whose turn it is to do so.
public struct FailureParts: Equatable, Sendable {
  public let kind: FailureKind
  /// What it is about: a path, or what else the user calls it; nil where the reason says it all.
  public let subject: String?
  /// The sentence without its subject.
  public let reason: String

  public init(_ kind: FailureKind, _ subject: String?, _ reason: String) {
    self.kind = kind
    self.subject = subject
    self.reason = reason
  }

  public init(_ kind: FailureKind, _ reason: String) { self.init(kind, nil as String?, reason) }

  package init(_ kind: FailureKind, _ path: FilePath, _ reason: String) {
    self.init(kind, path.description, reason)
  }
}

/// What all errors of this program are.
public protocol Failure: Error, CustomStringConvertible {
  var parts: FailureParts { get }
}

extension Failure {
  public var kind: FailureKind { parts.kind }
  public var subject: String? { parts.subject }
  public var reason: String { parts.reason }
  public var description: String {
    let parts = parts
    return parts.subject.map { "\($0): \(parts.reason)" } ?? parts.reason
  }
}
