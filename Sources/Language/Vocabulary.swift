import Foundation

/// The words that a model knows: a file of one word per line, where a word's id is its line number,
/// from 0.
public struct Vocabulary: Sendable {
  /// The words in the order of their ids.
  public let words: [String]
  public let configuration: VocabularyConfiguration
  private let ids: [String: Int]

  /// No vocabulary comes near this size; a longer file is not a vocabulary.
  private static let largestFile = 64 << 20

  /// Reads the vocabulary's file.
  ///
  /// - Throws: `VocabularyError.unreadable` if the file cannot be read, is not UTF-8 or is over 64
  ///   MiB; `.malformed` for an empty line, a line with white space, or a word that stands on two
  ///   lines; `.size` if the number of lines is not `configuration.size`; `.specialToken` if a
  ///   special token's id is not a line of the file.
  public init(path: String, configuration: VocabularyConfiguration) throws {
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      defer { try? handle.close() }
      data = try handle.read(upToCount: Self.largestFile + 1) ?? Data()
    } catch {
      throw VocabularyError.unreadable(path: path, reason: Self.reason(error))
    }
    if data.count > Self.largestFile {
      throw VocabularyError.unreadable(path: path, reason: "it is longer than 64 MiB")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw VocabularyError.unreadable(path: path, reason: "it is not UTF-8 text")
    }
    // Cutting by bytes keeps “\r\n”, one Character in Swift, from hiding a line's end.
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { line in
        String(Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line))
      }
    if lines.last?.isEmpty == true { lines.removeLast() }
    try self.init(words: lines, configuration: configuration, path: path)
  }

  /// A vocabulary from words in memory, under the same rules as one from a file.
  ///
  /// - Parameter path: the name that errors mention; `configuration.file` by default.
  /// - Throws: `VocabularyError` as `init(path:configuration:)` does for a file of these lines.
  public init(
    words: [String], configuration: VocabularyConfiguration, path: String? = nil
  ) throws {
    let path = path ?? configuration.file
    var ids = [String: Int](minimumCapacity: words.count)
    for (id, word) in words.enumerated() {
      if word.isEmpty {
        throw VocabularyError.malformed(path: path, line: id + 1, reason: "the line is empty")
      }
      if word.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 }) {
        throw VocabularyError.malformed(
          path: path, line: id + 1, reason: "a word cannot hold white space")
      }
      if let earlier = ids.updateValue(id, forKey: word) {
        throw VocabularyError.malformed(
          path: path, line: id + 1, reason: "“\(word)” already stands on line \(earlier + 1)")
      }
    }
    if words.count != configuration.size {
      throw VocabularyError.size(path: path, expected: configuration.size, found: words.count)
    }
    let special: [(String, Int?)] = [
      ("pad", configuration.pad), ("start", configuration.start), ("end", configuration.end),
      ("unknown", configuration.unknown),
    ]
    for case (let token, let id?) in special where !words.indices.contains(id) {
      throw VocabularyError.specialToken(path: path, token: token, id: id, size: words.count)
    }
    self.words = words
    self.configuration = configuration
    self.ids = ids
  }

  public var count: Int { words.count }

  /// The word with this id.
  ///
  /// - Precondition: `id` is in `0..<count`.
  public subscript(id: Int) -> String {
    precondition(words.indices.contains(id), "id \(id) in a vocabulary of \(words.count)")
    return words[id]
  }

  /// The id of a word, or nil if the vocabulary does not have it.
  public func id(of word: String) -> Int? {
    ids[word]
  }

  /// The ids of a caption's words; those outside the vocabulary become `unknown`, or are left out
  /// where the model has no such token.
  public func encode(_ words: [String]) -> [Int] {
    words.compactMap { ids[$0] ?? configuration.unknown }
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

  private static func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    guard let underlying, underlying.domain == NSPOSIXErrorDomain else {
      return error.localizedDescription
    }
    return String(cString: strerror(Int32(truncatingIfNeeded: underlying.code)))
  }
}

/// What can be wrong with a vocabulary.
public enum VocabularyError: Error, Equatable, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  case malformed(path: String, line: Int, reason: String)
  case size(path: String, expected: Int, found: Int)
  case specialToken(path: String, token: String, id: Int, size: Int)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
    case .malformed(let path, let line, let reason):
      "\(path), line \(line): not a vocabulary: \(reason)"
    case .size(let path, let expected, let found):
      "\(path): has \(found) words, the model's configuration says \(expected)"
    case .specialToken(let path, let token, let id, let size):
      "\(path): the “\(token)” token's id \(id) is outside its \(size) words"
    }
  }
}
