internal import Foundation

/// The first line of a table that says what stands between its columns, as `sep=;`: Excel writes and
/// follows it.
struct SeparatorLine {
  let separator: UInt8
  /// In bytes, with its end.
  let length: Int

  /// With its quotes and its end.
  private static let longest = 9

  /// - Parameter bytes: what a table begins with, behind a byte order mark.
  /// - Returns: nil where the first line is another.
  init?(of bytes: UnsafeRawBufferPointer) {
    guard let end = bytes.prefix(Self.longest).firstIndex(of: UInt8(ascii: "\n")) else {
      return nil
    }
    var line = bytes[..<end]
    if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
    let quote = UInt8(ascii: "\"")
    if line.count > 1, line.first == quote, line.last == quote {
      line = line.dropFirst().dropLast()
    }
    guard line.count == 5, let separator = line.last, separator < 0x80, separator != quote,
      String(decoding: line.prefix(4), as: UTF8.self).lowercased() == "sep="
    else { return nil }
    self.separator = separator
    length = end + 1
  }
}

extension DatasetFile {
  /// What a table's first line says of the separator; nil where it does not.
  var separatorLine: SeparatorLine? { data.withUnsafeBytes { SeparatorLine(of: $0) } }
}
