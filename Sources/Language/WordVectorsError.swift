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

  package var kind: FailureKind {
    switch self {
    case .unreadable: .noInput
    case .readFailed: .inputOutput
    case .binaryWord2vec, .binary, .empty, .malformed: .badData
    }
  }

  package var subject: String? {
    switch self {
    case .unreadable(let path, _), .readFailed(let path, _), .binaryWord2vec(let path),
      .binary(let path), .empty(let path):
      path
    case .malformed(let path, let line, _): "\(path), line \(line)"
    }
  }

  package var reason: String {
    switch self {
    case .unreadable(_, let reason), .readFailed(_, let reason): "cannot be read: \(reason)"
    case .binaryWord2vec:
      "is in word2vec's binary format, and only its text format can be read"
    case .binary: "is no text: word vectors are read from lines of a word and its numbers"
    case .empty: "there are no word vectors in it"
    case .malformed(_, _, let reason): reason
    }
  }
}
