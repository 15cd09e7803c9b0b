internal import Files

/// A file of one word per line, where a word's id is its line number, from 0.
public struct WordList: Sendable {
  /// The words in the order of their ids.
  public let words: [String]
  private let ids: [String: Int]

  /// No list of words comes near this size; a longer file is not one.
  private static let largestFile = 64 << 20

  /// Reads a file.
  ///
  /// - Throws: `VocabularyError.unreadable` if the file cannot be read, is not UTF-8 or is over 64
  ///   MiB; `.malformed` for an empty line, a line with white space, or a word that stands on two
  ///   lines.
  public init(path: String) throws {
    let bytes: [UInt8]
    do {
      bytes = try RegularFile.contents(path: path, limit: Self.largestFile)
    } catch {
      throw VocabularyError.unreadable(path: path, reason: "\(error)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw VocabularyError.unreadable(path: path, reason: "it is not UTF-8 text")
    }
    // Cutting by bytes keeps “\r\n”, one Character in Swift, from hiding a line's end.
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { line in
        String(Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line))
      }
    if lines.last?.isEmpty == true { lines.removeLast() }
    try self.init(words: lines, path: path)
  }

  /// A list of words in memory, under the same rules as one from a file.
  ///
  /// - Parameter path: the name that errors mention.
  /// - Throws: `VocabularyError.malformed` as `init(path:)` does for a file of these lines.
  public init(words: [String], path: String) throws {
    var ids = [String: Int](minimumCapacity: words.count)
    for (id, word) in words.enumerated() {
      if word.isEmpty {
        throw VocabularyError.malformed(path: path, line: id + 1, reason: "the line is empty")
      }
      // Unicode's properties take time, and most words are letters of ASCII.
      if word.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }),
        word.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 })
      {
        throw VocabularyError.malformed(
          path: path, line: id + 1, reason: "a word cannot hold white space")
      }
      if let earlier = ids.updateValue(id, forKey: word) {
        throw VocabularyError.malformed(
          path: path, line: id + 1, reason: "“\(word)” already stands on line \(earlier + 1)")
      }
    }
    self.words = words
    self.ids = ids
  }

  public var count: Int { words.count }

  /// The word with this id.
  ///
  /// - Precondition: `id` is in `0..<count`.
  public subscript(id: Int) -> String {
    precondition(words.indices.contains(id), "id \(id) in a list of \(words.count) words")
    return words[id]
  }

  /// The id of a word, or nil if the list does not have it.
  public func id(of word: String) -> Int? {
    ids[word]
  }
}
