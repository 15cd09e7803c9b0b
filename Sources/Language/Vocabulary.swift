public import Files

/// The words that a captioning model knows, and which of its tokens are no words.
public struct Vocabulary: Sendable {
  public let configuration: VocabularyConfiguration
  private let list: WordList

  /// Reads the vocabulary's file.
  ///
  /// - Throws: `VocabularyError` as `WordList`; `.size` if the number of lines is not
  ///   `configuration.size`; `.specialToken` if a special token's id is not a line of the file.
  public init(path: String, configuration: VocabularyConfiguration) throws {
    try self.init(WordList(path: path), configuration: configuration, path: path)
  }

  /// A vocabulary from words in memory, under the same rules as one from a file.
  ///
  /// - Parameter path: the name that errors mention; `configuration.file` by default.
  /// - Throws: `VocabularyError` as `init(path:configuration:)` does for a file of these lines.
  public init(
    words: [String], configuration: VocabularyConfiguration, path: String? = nil
  ) throws {
    let path = path ?? configuration.file
    try self.init(WordList(words: words, path: path), configuration: configuration, path: path)
  }

  private init(_ list: WordList, configuration: VocabularyConfiguration, path: String) throws {
    if list.count != configuration.size {
      throw VocabularyError.size(path: path, expected: configuration.size, found: list.count)
    }
    let special: [(String, Int?)] = [
      ("pad", configuration.pad), ("start", configuration.start), ("end", configuration.end),
      ("unknown", configuration.unknown),
    ]
    for case (let token, let id?) in special where !list.words.indices.contains(id) {
      throw VocabularyError.specialToken(path: path, token: token, id: id, size: list.count)
    }
    self.list = list
    self.configuration = configuration
  }

  /// The words in the order of their ids.
  public var words: [String] { list.words }

  public var count: Int { list.count }

  /// The word with this id.
  ///
  /// - Precondition: `id` is in `0..<count`.
  public subscript(id: Int) -> String { list[id] }

  /// The id of a word, or nil if the vocabulary does not have it.
  public func id(of word: String) -> Int? { list.id(of: word) }

  /// The ids of a caption's words; those outside the vocabulary become `unknown`, or are left out
  /// where the model has no such token.
  public func encode(_ words: [String]) -> [Int] {
    words.compactMap { list.id(of: $0) ?? configuration.unknown }
  }

  /// Whether a token belongs to a caption's text: it is not padding, start or end.
  public func isWord(_ token: Int) -> Bool {
    ![configuration.pad, configuration.start, configuration.end].contains(token)
  }

  /// The words of a caption, without padding, start and end tokens.
  ///
  /// - Precondition: every token is in `0..<count`.
  public func words(of tokens: [Int]) -> [String] {
    tokens.filter(isWord).map { self[$0] }
  }
}

/// What can be wrong with a vocabulary.
public enum VocabularyError: Failure, Equatable {
  case unreadable(path: String, reason: String)
  case malformed(path: String, line: Int, reason: String)
  case size(path: String, expected: Int, found: Int)
  case specialToken(path: String, token: String, id: Int, size: Int)

  public var parts: FailureParts {
    switch self {
    case .unreadable(let path, let reason): .init(.noInput, path, "cannot be read: \(reason)")
    case .malformed(let path, let line, let reason):
      .init(.badData, "\(path), line \(line)", "not a vocabulary: \(reason)")
    case .size(let path, let expected, let found):
      .init(.badData, path, "has \(found) words, the model's configuration says \(expected)")
    case .specialToken(let path, let token, let id, let size):
      .init(.badData, path, "the “\(token)” token's id \(id) is outside its \(size) words")
    }
  }
}
