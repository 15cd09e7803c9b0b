/// Vectors of words that were trained elsewhere.
///
/// Read from text, a word and its numbers a line: as GloVe writes it, or after a line with the
/// count of words and of numbers, as word2vec and fastText (`.vec`) do.
package struct WordVectors: Equatable, Sendable {
  /// How many numbers each vector has.
  package let size: Int
  /// Of those words that were wanted and found.
  package let vectors: [String: [Float]]

  /// No vectors in use come near this size.
  private static let maximumSize = 1 << 16

  /// Reads the vectors of some words. All others are passed over, their numbers counted and not
  /// read, and what follows the last wanted word is not looked at. Where a word comes twice, the
  /// first counts.
  ///
  /// - Parameter words: as they stand in the file.
  /// - Throws: `WordVectorsError`.
  package init(path: String, words: Set<String>) throws {
    do {
      let scanner = try LineScanner(path: path)
      let heading = try Self.heading(scanner, path: path)
      var rows = WordVectorRows(path: path, size: heading)
      var vectors: [String: [Float]] = [:]
      while !rows.hasRows || vectors.count < words.count, let line = try scanner.next() {
        let found = try rows.row(line, number: scanner.line) {
          words.contains($0) && vectors[$0] == nil
        }
        if let (word, numbers) = found { vectors[word] = numbers }
      }
      guard let size = rows.size, rows.hasRows else { throw WordVectorsError.empty(path: path) }
      self.size = size
      self.vectors = vectors
    } catch let failure as LineScanner.Failure {
      switch failure {
      case .unreadable(let reason):
        throw WordVectorsError.unreadable(path: path, reason: reason)
      case .readFailed(let reason):
        throw WordVectorsError.readFailed(path: path, reason: reason)
      case .tooLong(let line):
        throw WordVectorsError.malformed(
          path: path, line: line,
          reason: "it is longer than \(LineScanner.maximumLineBytes >> 20) MiB")
      }
    }
  }

  /// Passes over the first line if it has a count of words and one of numbers.
  ///
  /// - Returns: the count of numbers; nil where there is no such line.
  /// - Throws: `WordVectorsError` also where what follows is no text.
  private static func heading(_ scanner: LineScanner, path: String) throws -> Int? {
    let counts = scanner.ahead.prefix { $0 != UInt8(ascii: "\n") }
      .prefix(64).split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
      .map { Int(String(decoding: $0, as: UTF8.self)) }
    guard counts.count == 2, case let size?? = counts.last, let words = counts.first, words != nil
    else {
      // No word has control characters, and few files that are no text have none.
      guard !scanner.ahead.prefix(4096).contains(where: isControl) else {
        throw WordVectorsError.binary(path: path)
      }
      return nil
    }
    guard (1...maximumSize).contains(size) else {
      throw WordVectorsError.malformed(
        path: path, line: 1, reason: "vectors of \(size) numbers cannot be read")
    }
    _ = try scanner.next()
    // In the binary format four bytes a number follow the first word and a space. In text, numbers
    // and what stands between them take at least two bytes each.
    let word = scanner.ahead.prefix(4096).firstIndex(of: 0x20)
    let numbers = scanner.ahead[(word.map { $0 + 1 } ?? 0)...].prefix(2 * size - 1)
    guard word == nil || !numbers.contains(where: { isControl($0) || $0 >= 0x7F }) else {
      throw WordVectorsError.binaryWord2vec(path: path)
    }
    return size
  }

  private static func isControl(_ byte: UInt8) -> Bool {
    byte < 0x20 && !(0x09...0x0D).contains(byte)
  }
}
