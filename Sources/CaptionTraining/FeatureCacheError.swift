/// Why features cannot be kept or read back.
package enum FeatureCacheError: Error, Equatable, CustomStringConvertible {
  /// The cache's folder or a file in it cannot be made, read or written.
  case inputOutput(path: String, reason: String)
  /// Features that were kept cannot be read any more.
  case unreadable(path: String, reason: String)

  package var description: String {
    switch self {
    case .inputOutput(let path, let reason): "\(path): features cannot be kept here: \(reason)"
    case .unreadable(let path, let reason):
      "\(path): features that were kept here cannot be read any more: \(reason)"
    }
  }
}
