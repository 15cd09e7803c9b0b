/// Why a text cannot be classified.
public enum SentimentError: Error, Equatable, CustomStringConvertible {
  /// Nothing but white space.
  case empty
  /// The text has more bytes than are read.
  case tooLong(bytes: Int, limit: Int)
  /// The text holds control characters that no text has: it is a file of another kind.
  case binary

  public var description: String {
    switch self {
    case .empty: "there is no text"
    case .tooLong(let bytes, let limit):
      "the text has \(bytes) bytes, at most \(limit) are read"
    case .binary: "it is not text but binary data"
    }
  }
}
