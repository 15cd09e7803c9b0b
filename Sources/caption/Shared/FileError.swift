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

  var kind: FailureKind {
    switch self {
    case .notRead, .notStored: .noInput
    case .readFailed, .notWritten: .inputOutput
    case .malformed: .badData
    }
  }

  var subject: String? {
    switch self {
    case .notRead(let path, _), .readFailed(let path, _), .notWritten(let path, _),
      .malformed(let path, _), .notStored(let path):
      path
    }
  }

  var reason: String {
    switch self {
    case .notRead(_, let reason), .readFailed(_, let reason): "cannot be read: \(reason)"
    case .notWritten(_, let reason): "cannot be written: \(reason)"
    case .malformed(_, let reason): reason
    case .notStored: "is not in the store"
    }
  }
}
