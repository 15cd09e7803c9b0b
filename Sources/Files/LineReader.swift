internal import Foundation
package import SystemPackage

/// Reads an open file or pipe line by line, each as soon as it is there. The byte order mark with which
/// Windows programs begin UTF-8 belongs to no line.
package struct LineReader: ~Copyable {
  package enum Line: Equatable, Sendable {
    /// Without its end; of an end `\r\n` without both.
    case line([UInt8])
    /// Longer than allowed: passed over without having been kept.
    case tooLong
  }

  private let descriptor: FileDescriptor
  private let end: UInt8
  private let maximumLength: Int
  private let buffer: UnsafeMutableRawBufferPointer
  /// What has been read into `buffer` and not yet been given away.
  private var rest = 0..<0
  private var isAtEnd = false
  /// What there is of the line that is being read.
  private var line: [UInt8] = []
  private var isTooLong = false
  private var isBegun = false
  private var isFirst = true

  /// - Parameters:
  ///   - nullSeparated: whether lines end with a zero byte instead of `\n` or `\r\n`.
  ///   - maximumLength: in bytes.
  package init(_ descriptor: FileDescriptor, nullSeparated: Bool = false, maximumLength: Int) {
    self.descriptor = descriptor
    self.maximumLength = maximumLength
    end = nullSeparated ? 0 : UInt8(ascii: "\n")
    buffer = .allocate(byteCount: 1 << 16, alignment: 16)
  }

  deinit { buffer.deallocate() }

  /// The next line; nil at the end. The last line need not have an end.
  ///
  /// - Throws: `Errno`, if reading fails.
  package mutating func next() throws -> Line? {
    try next(waiting: nil)
  }

  /// The next line, if all of it is there or comes soon; nil where it does not, and at the end.
  ///
  /// - Parameter milliseconds: how long each piece of it may keep us waiting.
  /// - Throws: `Errno`, if reading fails.
  package mutating func next(within milliseconds: Int32) throws -> Line? {
    try next(waiting: milliseconds)
  }

  private mutating func next(waiting milliseconds: Int32?) throws -> Line? {
    while true {
      if rest.isEmpty {
        if let milliseconds, !isAtEnd {
          var request = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
          guard poll(&request, 1, milliseconds) != 0 else { return nil }
        }
        let count = isAtEnd ? 0 : try descriptor.read(into: buffer)
        rest = 0..<count
        isAtEnd = count == 0
        if isAtEnd {
          guard isBegun else { return nil }
          return finished()
        }
      }
      isBegun = true
      let found = buffer[rest].firstIndex(of: end)
      let piece = rest.lowerBound..<(found ?? rest.upperBound)
      rest = (found.map { $0 + 1 } ?? rest.upperBound)..<rest.upperBound
      if isTooLong || line.count + piece.count > maximumLength {
        isTooLong = true
        line = []
      } else {
        line.append(contentsOf: buffer[piece])
      }
      if found != nil { return finished() }
    }
  }

  private mutating func finished() -> Line {
    defer { (line, isTooLong, isBegun) = ([], false, false) }
    if isFirst, end != 0, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    isFirst = false
    if isTooLong { return .tooLong }
    if end != 0, line.last == UInt8(ascii: "\r") { return .line(line.dropLast()) }
    return .line(line)
  }
}
