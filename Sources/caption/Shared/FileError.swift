import Files

/// A file other than an image or a model that could not be read, understood or written.
enum FileError: Failure {
  case notRead(path: String, reason: String)
  /// Reading stopped with an error.
  case readFailed(path: String, reason: String)
  case notWritten(path: String, reason: String)
  case malformed(path: String, reason: String)
  /// A photo of which the store knows nothing.
  case notStored(path: String)

  var parts: FailureParts {
    switch self {
    case .notRead(let path, let reason): .init(.noInput, path, "cannot be read: \(reason)")
    case .readFailed(let path, let reason): .init(.inputOutput, path, "cannot be read: \(reason)")
    case .notWritten(let path, let reason):
      .init(.inputOutput, path, "cannot be written: \(reason)")
    case .malformed(let path, let reason): .init(.badData, path, reason)
    case .notStored(let path): .init(.noInput, path, "is not in the store")
    }
  }
}
