import Batch
import Foundation
import Imaging
import SystemPackage

/// An image named on the command line: a path, or `-` for standard input.
struct PhotoSource {
  let name: String
  let bytes: [UInt8]

  /// The file that an argument names.
  static func path(of argument: String) -> FilePath {
    argument == "-" ? "/dev/stdin" : FilePath(argument: argument)
  }

  /// - Throws: `ImagingError` if the file cannot be read; `FileError.notRead` where standard input is
  ///   closed.
  init(argument: String) throws {
    if argument == "-" {
      name = "standard input"
      bytes = try ImageDecoder.readAll(descriptor: standardInput().rawValue, name: name)
    } else {
      name = argument
      let path = FilePath(argument: argument)
      // By its bytes where it is no text; else also from pipes, as shells make for `<(…)`.
      bytes =
        try String(validating: path) == nil
        ? PhotoFile(at: path).bytes : ImageDecoder.readAll(path: argument)
    }
  }
}

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
  do {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    var lines = (text.first == "\u{FEFF}" ? text.dropFirst() : text[...])
      .split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  } catch {
    throw FileError.notRead(path: path, reason: systemReason(error))
  }
}

/// A file other than an image or a model that could not be read, understood or written.
enum FileError: Error, CustomStringConvertible {
  case notRead(path: String, reason: String)
  /// Reading stopped with an error.
  case readFailed(path: String, reason: String)
  case notWritten(path: String, reason: String)
  case malformed(path: String, reason: String)
  /// A photo of which the store knows nothing.
  case notStored(path: String)

  var description: String {
    switch self {
    case .notRead(let path, let reason), .readFailed(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .notWritten(let path, let reason): "\(path): cannot be written: \(reason)"
    case .malformed(let path, let reason): "\(path): \(reason)"
    case .notStored(let path): "\(path): is not in the store"
    }
  }
}

/// `value` as JSON on one line, keys in alphabetical order.
func jsonLine(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
