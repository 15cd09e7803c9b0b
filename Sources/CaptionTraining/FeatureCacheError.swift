public import Files

/// Why features cannot be kept or read back.
public enum FeatureCacheError: Failure, Equatable {
  /// The cache's folder or a file in it cannot be made, read or written.
  case inputOutput(path: String, reason: String)
  /// Features that were kept cannot be read any more.
  case unreadable(path: String, reason: String)

  public var parts: FailureParts {
    switch self {
    case .inputOutput(let path, let reason):
      .init(.inputOutput, path, "features cannot be kept here: \(reason)")
    case .unreadable(let path, let reason):
      .init(.inputOutput, path, "features that were kept here cannot be read any more: \(reason)")
    }
  }
}
