public import Files

/// Where a model's parameters come from: a file, or a formula.
public protocol WeightSource: Sendable {
  /// What errors call the source: a file's path, or “memory”.
  var path: String { get }

  /// The shape of the tensor called `name`, or nil where the source does not prescribe one.
  func shape(of name: String) -> Shape?

  /// Whether the source can give a tensor called `name`.
  func contains(_ name: String) -> Bool

  /// The tensor called `name` as single-precision numbers.
  ///
  /// - Throws: `WeightError` if it is missing or has another shape.
  func tensor(_ name: String, shape: Shape) throws -> Tensor
}

extension WeightSource {
  public var path: String { "memory" }
}

/// A weight source seen through a name prefix, so that a model reads like its checkpoint:
/// `reader["layer1"][0]["conv1"].tensor("weight", [64, 64, 3, 3])`.
public struct WeightReader: Sendable {
  public let source: any WeightSource
  /// What stands before every name, with its closing dot; empty at the root.
  public let prefix: String

  public init(_ source: any WeightSource, prefix: String = "") {
    self.source = source
    self.prefix = prefix
  }

  public subscript(_ scope: String) -> WeightReader {
    WeightReader(source, prefix: prefix + scope + ".")
  }

  public subscript(_ index: Int) -> WeightReader {
    self[String(index)]
  }

  public func contains(_ name: String) -> Bool {
    source.contains(prefix + name)
  }

  /// The shape in the source, or nil where the source does not prescribe one.
  public func shape(of name: String) -> Shape? {
    source.shape(of: prefix + name)
  }

  /// The error of a tensor that makes numbers which are not finite.
  package func notFinite(_ name: String) -> WeightError {
    .notFinite(path: source.path, name: prefix + name)
  }

  /// - Throws: `WeightError` if the tensor is missing or has another shape.
  public func tensor(_ name: String, _ shape: Shape) throws -> Tensor {
    try source.tensor(prefix + name, shape: shape)
  }
}

/// What can be wrong with a model's weights.
public enum WeightError: Failure, Equatable {
  case unreadable(path: String, reason: String)
  case malformed(path: String, reason: String)
  case missing(path: String, name: String)
  case shape(path: String, name: String, expected: Shape, found: Shape)
  /// A tensor holds infinities, or what is not a number, or leads to them.
  case notFinite(path: String, name: String)

  public var parts: FailureParts {
    switch self {
    case .unreadable(let path, let reason): .init(.noInput, path, "cannot be read: \(reason)")
    case .malformed(let path, let reason):
      .init(.badData, path, "not a valid safetensors file: \(reason)")
    case .missing(let path, let name): .init(.badData, path, "has no tensor “\(name)”")
    case .shape(let path, let name, let expected, let found):
      .init(.badData, path, "tensor “\(name)” has shape \(found), the model needs \(expected)")
    case .notFinite(let path, let name):
      .init(.badData, path, "tensor “\(name)” holds numbers that are not finite")
    }
  }
}
