internal import Foundation

/// The first line of a table that says what stands between its columns, as `sep=;`: Excel writes and
/// follows it. Programs that take it for a row of cells put more separators behind it.
struct SeparatorLine {
  let separator: UInt8
  /// In bytes, with its end.
  let length: Int

  /// With what stands behind the separator, and its end.
  private static let longest = 1 << 10

  /// - Parameter bytes: what a table begins with, behind a byte order mark.
  /// - Returns: nil where the first line is another.
  init?(of bytes: UnsafeRawBufferPointer) {
    guard let end = bytes.prefix(Self.longest).firstIndex(of: UInt8(ascii: "\n")) else {
      return nil
    }
    var line = bytes[..<end]
    if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
    let quote = UInt8(ascii: "\"")
    let isQuoted = line.first == quote
    if isQuoted { line = line.dropFirst() }
    guard let separator = line.dropFirst(4).first, separator < 0x80, separator != quote,
      String(decoding: line.prefix(4), as: UTF8.self).lowercased() == "sep="
    else { return nil }
    line = line.dropFirst(5)
    if isQuoted {
      guard line.first == quote else { return nil }
      line = line.dropFirst()
    }
    guard line.allSatisfy({ $0 == separator || $0 == UInt8(ascii: " ") }) else { return nil }
    self.separator = separator
    length = end + 1
  }
}

extension DatasetFile {
  /// What a table's first line says of the separator; nil where it does not.
  var separatorLine: SeparatorLine? { data.withUnsafeBytes { SeparatorLine(of: $0) } }
}

/// Refuses a table whose lines end as on the first Macintosh: to all that reads tables it is one line.
///
/// - Parameters:
///   - table: what it begins with, in UTF-8.
///   - name: what the file is called.
/// - Throws: `DatasetError.malformed`.
func refuseReturns(in table: UnsafeRawBufferPointer, of name: String) throws {
  let mark = UInt8(ascii: "\r")
  guard !table.contains(UInt8(ascii: "\n")), let first = table.firstIndex(of: mark),
    table[first...].contains(where: { $0 != mark })
  else { return }
  throw DatasetError.malformed(
    path: name, place: .whole,
    reason: "its lines end in carriage returns alone; “tr '\\r' '\\n'” makes line ends of them")
}
