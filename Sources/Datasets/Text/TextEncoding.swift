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
  /// lines of letters beyond ASCII are UTF-8, or more of them have none that is. Lines that have both
  /// say nothing.
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

  /// What `iconv` calls UTF-16 that does not say so itself; nil where the beginning does not look like
  /// it. Of the letters of Western languages every other byte is zero, whereas in binary data most
  /// zeros stand together. That is seen also where other bytes were taken for Windows-1252.
  static func utf16WithoutMark(_ beginning: UnsafeRawBufferPointer) -> String? {
    let bytes = beginning.prefix(1 << 10)
    guard bytes.count >= 4, bytes.count(where: { $0 == 0 }) * 4 >= bytes.count,
      !zip(bytes, bytes.dropFirst()).contains(where: { $0 == 0 && $1 == 0 })
    else { return nil }
    return bytes.first == 0 ? "UTF-16BE" : "UTF-16LE"
  }

  private static func isMostlyUTF8(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) -> Bool {
    if isUTF8(bytes) { return true }
    var (utf8, other) = (0, 0)
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      start = end + 1
      // The last line may end within a character.
      guard end < bytes.count || isWhole, line.contains(where: { $0 >= 0x80 }) else { continue }
      if isUTF8(line) {
        utf8 += 1
      } else if !hasUTF8(line) {
        other += 1
      }
    }
    return utf8 >= other
  }

  /// Whether a line is UTF-8 even where most lines are Windows-1252: one letter of two bytes may
  /// be two characters of Windows-1252 by chance, as “ß…”, but hardly several, or a longer one.
  static func isClearlyUTF8(_ line: UnsafeRawBufferPointer) -> Bool {
    var letters = 0
    for byte in line where byte >= 0xC0 { letters += byte >= 0xE0 ? 2 : 1 }
    return letters > 1 && isUTF8(line)
  }

  /// Whether any character beyond ASCII is UTF-8.
  private static func hasUTF8(_ line: UnsafeRawBufferPointer) -> Bool {
    var decoder = UTF8()
    var bytes = line.makeIterator()
    while true {
      switch decoder.decode(&bytes) {
      case .scalarValue(let scalar): if !scalar.isASCII { return true }
      case .error: continue
      case .emptyInput: return false
      }
    }
  }

  private static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
    (try? UTF8Span(validating: bytes.bindMemory(to: UInt8.self).span)) != nil
  }
}
