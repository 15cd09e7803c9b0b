internal import Foundation

/// Takes the lines of a file of word vectors apart.
struct WordVectorRows {
  private let path: String
  /// How many numbers follow a word; nil before the first row, unless the file says.
  private(set) var size: Int?
  private(set) var hasRows = false

  private typealias Field = Slice<UnsafeRawBufferPointer>

  init(path: String, size: Int?) {
    self.path = path
    self.size = size
  }

  /// The word of a line and its numbers; nil for a blank line, and where the word is not wanted.
  ///
  /// - Throws: `WordVectorsError.malformed` where the count of numbers is not that of the other
  ///   rows, or where what should be one is none, in the first row and in those that are wanted.
  mutating func row(
    _ line: UnsafeRawBufferPointer, number: Int, isWanted: (String) -> Bool
  ) throws -> (String, [Float])? {
    let isFirst = !hasRows
    guard let (word, numbers) = try isFirst ? parted(line, number) : split(line, number) else {
      return nil
    }
    hasRows = true
    // No wanted word is anything but UTF-8.
    let text = String(validating: word, as: UTF8.self)
    let isWanted = text.map(isWanted) ?? false
    guard isFirst || isWanted else { return nil }
    let vector = try values(numbers, number)
    guard isWanted, let text else { return nil }
    return (text, vector)
  }

  /// Finds the word in a line where there is a space before each number, and counts these.
  private mutating func split(
    _ line: UnsafeRawBufferPointer, _ number: Int
  ) throws -> (word: Field, numbers: Field)? {
    var end = line.count
    while end > 0, isSpace(line[end - 1]) { end -= 1 }
    guard let size, let start = line.baseAddress, end > 0, spaces(line, end) == size,
      let first = memchr(start, 0x20, end)
    else { return try parted(line, number) }
    let word = UnsafeRawPointer(first) - start
    guard word > 0 else { return try parted(line, number) }
    return (line[..<word], line[(word + 1)..<end])
  }

  /// Finds the word in any line; it may have spaces in it, as some of GloVe's of 840 billion words.
  private mutating func parted(
    _ line: UnsafeRawBufferPointer, _ number: Int
  ) throws -> (word: Field, numbers: Field)? {
    let fields = line.split(whereSeparator: isSpace)
    guard let first = fields.first, let last = fields.last else { return nil }
    let known = size ?? fields.dropFirst().reversed().prefix { decimalNumber($0) != nil }.count
    guard known > 0 else {
      throw WordVectorsError.malformed(
        path: path, line: number, reason: "no numbers follow the word")
    }
    size = known
    let wordEnd = fields.count - known - 1
    guard wordEnd >= 0 else {
      // A word of nothing, which nobody can want.
      if wordEnd == -1, isSpace(line[0]) { return nil }
      throw wrongSize(fields.count - 1, known, number)
    }
    if wordEnd > 0, decimalNumber(fields[wordEnd]) != nil {
      let count = fields.dropFirst().reversed().prefix { decimalNumber($0) != nil }.count
      throw wrongSize(count, known, number)
    }
    return (
      line[first.startIndex..<fields[wordEnd].endIndex],
      line[fields[wordEnd + 1].startIndex..<last.endIndex]
    )
  }

  private func wrongSize(_ count: Int, _ size: Int, _ number: Int) -> WordVectorsError {
    .malformed(
      path: path, line: number, reason: "it has \(count) numbers where there should be \(size)")
  }

  private func values(_ numbers: Field, _ line: Int) throws -> [Float] {
    var vector: [Float] = []
    vector.reserveCapacity(size ?? 0)
    var start = numbers.startIndex
    while start < numbers.endIndex {
      var end = start
      while end < numbers.endIndex, !isSpace(numbers.base[end]) { end += 1 }
      if end > start {
        let field = numbers.base[start..<end]
        guard let value = decimalNumber(field), value.isFinite else {
          let text = String(decoding: field.prefix(40), as: UTF8.self)
          throw WordVectorsError.malformed(
            path: path, line: line, reason: "“\(text)” is not a number that can be used")
        }
        vector.append(value)
      }
      start = end + 1
    }
    guard let size, vector.count == size else {
      throw wrongSize(vector.count, size ?? 0, line)
    }
    return vector
  }

  /// How many of the first bytes are spaces.
  private func spaces(_ bytes: UnsafeRawBufferPointer, _ end: Int) -> Int {
    var (count, start) = (0, 0)
    while start < end {
      // Counts that fit into a byte let the processor take many bytes at once.
      let stop = min(start + 255, end)
      var few: UInt8 = 0
      for index in start..<stop { few &+= bytes[index] == 0x20 ? 1 : 0 }
      count += Int(few)
      start = stop
    }
    return count
  }
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
