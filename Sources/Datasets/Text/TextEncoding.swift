/// How the letters of a text file are written.
package enum TextEncoding: Equatable, Sendable {
  case utf8
  case utf16LittleEndian
  case utf16BigEndian
  case windows1252

  private static let marks: [(encoding: TextEncoding, mark: [UInt8])] = [
    (.utf8, [0xEF, 0xBB, 0xBF]), (.utf16LittleEndian, [0xFF, 0xFE]),
    (.utf16BigEndian, [0xFE, 0xFF]),
  ]

  /// What the beginning of a file shows: its byte order mark, and without one whether more of its
  /// lines of letters beyond ASCII are UTF-8, or more of them are not.
  ///
  /// - Parameter isWhole: whether nothing follows.
  init(of beginning: UnsafeRawBufferPointer, isWhole: Bool) {
    self =
      Self.mark(of: beginning)?.encoding
      ?? (Self.isMostlyUTF8(beginning, isWhole: isWhole) ? .utf8 : .windows1252)
  }

  /// The byte order mark that a file begins with; nil for none.
  static func mark(
    of beginning: UnsafeRawBufferPointer
  ) -> (encoding: TextEncoding, length: Int)? {
    marks.first { beginning.starts(with: $0.mark) }.map { ($0.encoding, $0.mark.count) }
  }

  private static func isMostlyUTF8(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) -> Bool {
    if isUTF8(bytes) { return true }
    var (valid, invalid) = (0, 0)
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      start = end + 1
      guard line.contains(where: { $0 >= 0x80 }) else { continue }
      if isUTF8(line) {
        valid += 1
      } else if end < bytes.count || isWhole || !isUTF8(untilLastCharacter(of: line)) {
        invalid += 1
      }
    }
    return valid >= invalid
  }

  /// Without the last character, which may go on behind the bytes.
  private static func untilLastCharacter(
    of line: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer {
    let lead = line.indices.suffix(4).last { line[$0] & 0xC0 == 0xC0 }
    return UnsafeRawBufferPointer(rebasing: line[..<(lead ?? line.endIndex)])
  }

  private static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
    (try? UTF8Span(validating: bytes.bindMemory(to: UInt8.self).span)) != nil
  }
}
