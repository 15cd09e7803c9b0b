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
  /// A table's heading does not name the columns that are needed, or they are separated otherwise.
  case noColumns(path: String, line: Int, separator: String)
  /// What was read breaks the rules of its format.
  case malformed(path: String, place: DatasetPlace, reason: String)

  public var parts: FailureParts {
    switch self {
    case .missing(let path): .init(.noInput, path, "there is no such file")
    case .unreadable(let path, let reason): .init(.noInput, path, "cannot be read: \(reason)")
    case .readFailed(let path, let reason): .init(.inputOutput, path, "cannot be read: \(reason)")
    case .tooLong(let path):
      .init(.badData, path, "the file is longer than \(DatasetFile.maximumBytes >> 20) MiB")
    case .noColumns(let path, let line, let separator):
      .init(
        .badData, path,
        "line \(line): the heading has no column “image” or none “caption”, or they are separated "
          + "otherwise than by “\(separator)”")
    case .malformed(let path, .whole, let reason): .init(.badData, path, reason)
    case .malformed(let path, let place, let reason): .init(.badData, path, "\(place): \(reason)")
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
