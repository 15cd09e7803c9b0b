import Files
import Foundation
import SystemPackage

/// Paths that each end in a separator, as any bytes; empty ones are passed by.
///
/// - Parameter name: what the list is called.
/// - Throws: `FileError.malformed` where lines are UTF-16, as some Windows programs write them, or have
///   zero bytes, which no path has.
func pathList(_ data: Data, separator: UInt8, name: String) throws -> [FilePath] {
  let isText = separator == 10
  guard !isText || !data.starts(with: [0xFF, 0xFE]) && !data.starts(with: [0xFE, 0xFF]) else {
    throw FileError.malformed(
      path: name, reason: "the list is UTF-16; “iconv -f UTF-16 -t UTF-8” makes UTF-8 of it")
  }
  guard !isText || !data.contains(0) else {
    throw FileError.malformed(
      path: name,
      reason: "the list has zero bytes; --null reads paths that they separate, and a list in "
        + "UTF-16 must become UTF-8 first")
  }
  // Other Windows programs begin UTF-8 with a byte order mark.
  let list = isText && data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
  return list.split(separator: separator).map { line in
    // Text files of other systems end lines in a carriage return, too.
    let bytes = isText && line.last == 13 ? line.dropLast() : line
    return FilePath(platformString: bytes.map { CChar(bitPattern: $0) } + [0])
  }.filter { !$0.isEmpty }
}

/// The lines of a small text file, without the empty one after a closing newline and without a byte
/// order mark.
///
/// - Throws: `FileError.notRead`.
func readLines(_ path: String) throws -> [String] {
  do throws(RegularFile.Failure) {
    let text = String(
      decoding: try RegularFile.contents(path: path, limit: largestList), as: UTF8.self)
    var lines = (text.first == "\u{FEFF}" ? text.dropFirst() : text[...])
      .split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  } catch {
    throw FileError.notRead(path: path, reason: error.reason)
  }
}

/// Bytes beyond which a list is taken to be something else.
private let largestList = 1 << 28
