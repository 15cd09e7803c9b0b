public import Files

/// Why a dataset or a list of captions cannot be read.
public enum DatasetError: Failure, Equatable {
  /// There is no such file or folder.
  case missing(path: String)
  /// The file cannot be opened, or is none.
  case unreadable(path: String, reason: String)
  /// Reading stopped with an error.
  case readFailed(path: String, reason: String)
  /// The file is longer than `DatasetFile.maximumBytes`.
  case tooLong(path: String)
  /// What was read breaks the rules of its format.
  case malformed(path: String, place: DatasetPlace, reason: String)

  public var kind: FailureKind {
    switch self {
    case .missing, .unreadable: .noInput
    case .readFailed: .inputOutput
    case .tooLong, .malformed: .badData
    }
  }

  /// The file or files that it is about.
  public var subject: String? {
    switch self {
    case .missing(let path), .unreadable(let path, _), .readFailed(let path, _), .tooLong(let path),
      .malformed(let path, _, _):
      path
    }
  }

  public var reason: String {
    switch self {
    case .missing: "there is no such file"
    case .unreadable(_, let reason), .readFailed(_, let reason): "cannot be read: \(reason)"
    case .tooLong: "the file is longer than \(DatasetFile.maximumBytes >> 20) MiB"
    case .malformed(_, .whole, let reason): reason
    case .malformed(_, let place, let reason): "\(place): \(reason)"
    }
  }
}

/// Where in a file something was found.
public enum DatasetPlace: Hashable, Sendable, CustomStringConvertible {
  /// Nowhere in particular.
  case whole
  /// Counted from 1.
  case line(Int)
  /// In JSON: keys and indices from the outermost value on, as in `annotations[3].image_id`.
  case value(String)

  public var description: String {
    switch self {
    case .whole: "the file"
    case .line(let number): "line \(number)"
    case .value(let path): path
    }
  }
}
