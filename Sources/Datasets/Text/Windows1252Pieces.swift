/// Makes UTF-8 of lines of Windows-1252 that come piece by piece. Those that are clearly UTF-8 already
/// stay as they are.
struct Windows1252Pieces {
  /// What there is of the last line.
  private var line: [UInt8] = []

  /// More of a line is not waited for, so that of data without lines something is seen at once.
  private static let longestLine = 1 << 16

  /// Appends the lines that end in the bytes to a text of UTF-8, and what there is of a long line.
  mutating func decode(_ bytes: UnsafeRawBufferPointer, into text: inout [UInt8]) {
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      line.append(contentsOf: bytes[start...end])
      finish(into: &text)
      start = end + 1
    }
    line.append(contentsOf: bytes[start...])
    if line.count > Self.longestLine { finish(into: &text) }
  }

  /// Appends what is left at the end.
  mutating func finish(into text: inout [UInt8]) {
    line.withUnsafeBytes { bytes in
      if TextEncoding.isClearlyUTF8(bytes) {
        text.append(contentsOf: bytes)
      } else {
        Windows1252.decode(bytes, into: &text)
      }
    }
    line.removeAll(keepingCapacity: true)
  }
}
