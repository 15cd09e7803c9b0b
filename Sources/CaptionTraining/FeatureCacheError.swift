public import Files

/// Why features cannot be kept or read back.
public enum FeatureCacheError: Failure, Equatable {
  /// The cache's folder or a file in it cannot be made, read or written.
  case inputOutput(path: String, reason: String)
  /// Features that were kept cannot be read any more.
  case unreadable(path: String, reason: String)

  public var kind: FailureKind { .inputOutput }

  public var subject: String? {
    switch self {
    case .inputOutput(let path, _), .unreadable(let path, _): path
    }
  }

  public var reason: String {
    switch self {
    case .inputOutput(_, let reason): "features cannot be kept here: \(reason)"
    case .unreadable(_, let reason):
      "features that were kept here cannot be read any more: \(reason)"
    }
  }
}
