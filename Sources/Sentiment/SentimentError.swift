public import Files

/// Why a text cannot be classified.
public enum SentimentError: Failure, Equatable {
  /// Nothing but white space.
  case empty
  /// The text has more bytes than are read.
  case tooLong(bytes: Int, limit: Int)
  /// The text holds control characters that no text has: it is a file of another kind.
  case binary
  /// The text has more words than are read.
  case tooManyWords(words: Int, limit: Int)
  /// The model computes what is infinite or not a number; the file of its weights is at fault.
  case notFinite(weights: String)

  public var parts: FailureParts {
    switch self {
    case .empty: .init(.badData, "there is no text")
    case .tooLong(let bytes, let limit):
      .init(.badData, "the text has \(bytes) bytes, at most \(limit) are read")
    case .tooManyWords(let words, let limit):
      .init(.badData, "the text has \(words) words, at most \(limit) are read")
    case .notFinite(let weights):
      .init(.badData, weights, "what is computed with these weights is not finite")
    case .binary: .init(.badData, "it is not text but binary data")
    }
  }
}
