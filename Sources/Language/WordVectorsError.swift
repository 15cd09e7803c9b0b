package import Files

/// Why a file of word vectors cannot be read.
package enum WordVectorsError: Failure, Equatable {
  /// The file cannot be opened, or is none.
  case unreadable(path: String, reason: String)
  /// Reading stopped with an error.
  case readFailed(path: String, reason: String)
  /// The file is in the binary format of word2vec.
  case binaryWord2vec(path: String)
  /// The file is no text.
  case binary(path: String)
  /// There are no words in the file.
  case empty(path: String)
  case malformed(path: String, line: Int, reason: String)

  package var parts: FailureParts {
    switch self {
    case .unreadable(let path, let reason): .init(.noInput, path, "cannot be read: \(reason)")
    case .readFailed(let path, let reason): .init(.inputOutput, path, "cannot be read: \(reason)")
    case .binaryWord2vec(let path):
      .init(.badData, path, "is in word2vec's binary format, and only its text format can be read")
    case .binary(let path):
      .init(
        .badData, path,
        "is no text: word vectors are read from lines of a word and its numbers")
    case .empty(let path): .init(.badData, path, "there are no word vectors in it")
    case .malformed(let path, let line, let reason):
      .init(.badData, "\(path), line \(line)", reason)
    }
  }
}
