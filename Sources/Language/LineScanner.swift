internal import Files
internal import Foundation

/// Reads a file of any length line by line, in one buffer.
final class LineScanner {
  enum Failure: Error {
    /// The file cannot be opened, with the reason.
    case unreadable(String)
    case readFailed(String)
    /// The line is longer than `maximumLineBytes`.
    case tooLong(line: Int)
  }

  static let maximumLineBytes = 1 << 20

  /// The number of the line that was read last, from 1.
  private(set) var line = 0
  private let file: RegularFile
  /// How much of the file has been read into `buffer`.
  private var position = 0
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: maximumLineBytes, alignment: 64)
  /// What has been read into `buffer` and not yet been given away.
  private var rest = 0..<0
  private var isAtEnd = false

  /// Opens the file, reads its beginning, and passes over a byte order mark.
  ///
  /// - Throws: `Failure.unreadable`, `.readFailed`.
  init(path: String) throws(Failure) {
    do throws(RegularFile.Failure) {
      file = try RegularFile(path: path)
    } catch {
      throw .unreadable("\(error)")
    }
    try fill()
    if ahead.starts(with: [0xEF, 0xBB, 0xBF]) { rest = 3..<rest.upperBound }
  }

  deinit {
    buffer.deallocate()
  }

  /// What follows, as far as it has been read; valid until the next line is asked for.
  var ahead: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[rest]) }

  /// The next line without its end `\n` or `\r\n`, valid until the one after it is asked for; nil at
  /// the end. The last line need not have an end.
  ///
  /// - Throws: `Failure.readFailed`, `.tooLong`.
  func next() throws(Failure) -> UnsafeRawBufferPointer? {
    line += 1
    var end = newline()
    if end == nil, !isAtEnd {
      try fill()
      end = newline()
    }
    guard end != nil || isAtEnd else { throw .tooLong(line: line) }
    if rest.isEmpty { return nil }
    let found = rest.lowerBound..<(end ?? rest.upperBound)
    rest = min(found.upperBound + 1, rest.upperBound)..<rest.upperBound
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[found])
    return bytes.last == UInt8(ascii: "\r") ? .init(rebasing: bytes.dropLast()) : bytes
  }

  /// Where the line ends, if its end has been read.
  private func newline() -> Int? {
    guard let start = buffer.baseAddress, !rest.isEmpty else { return nil }
    let found = memchr(start + rest.lowerBound, CInt(UInt8(ascii: "\n")), rest.count)
    return found.map { UnsafeRawPointer($0) - UnsafeRawPointer(start) }
  }

  /// Moves what is left to the buffer's beginning, and reads until the buffer is full.
  private func fill() throws(Failure) {
    guard let start = buffer.baseAddress else { return }
    memmove(start, start + rest.lowerBound, rest.count)
    rest = 0..<rest.count
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[rest.count...])
    do throws(RegularFile.Failure) {
      let count = try file.readUpTo(room, at: position)
      position += count
      rest = 0..<(rest.count + count)
      isAtEnd = count < room.count
    } catch {
      throw .readFailed("\(error)")
    }
  }
}
