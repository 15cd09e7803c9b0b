#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file on disk that is open for reading. A folder, a pipe, a device or a socket in its place is
/// refused at once, since nobody knows how long what comes out of them would have to be waited for.
///
/// Its bytes are copied and not mapped: a mapped file that others make shorter ends the program.
package final class RegularFile: Sendable {
  /// Why a file cannot be opened or read.
  package enum Failure: Error, Equatable, CustomStringConvertible {
    /// There is none, or it cannot be opened or read: the system's error number.
    case system(Int32)
    /// It is something else, which a sentence can name.
    case notAFile(String)
    /// It has more bytes than are read at most.
    case tooLong(limit: Int)
    /// It is shorter than it was when it was opened.
    case cutOff

    package var description: String {
      switch self {
      case .system(let code): String(cString: strerror(code))
      case .notAFile(let kind): "it is \(kind), not a file"
      case .tooLong(let limit):
        limit % (1 << 20) == 0
          ? "it is longer than \(limit >> 20) MiB" : "it is longer than \(limit) bytes"
      case .cutOff: "it became shorter while it was read"
      }
    }
  }

  private let descriptor: Int32
  /// How many bytes it had when it was opened.
  package let size: Int

  /// - Throws: `Failure.system`, `.notAFile`.
  package convenience init(path: String) throws(Failure) {
    // Without waiting, also for somebody who writes into a pipe.
    try self.init(owning: open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK))
  }

  /// What is open already, which stays so, can be read beside it.
  ///
  /// - Throws: `Failure.system`, `.notAFile`.
  package convenience init(descriptor: Int32) throws(Failure) {
    try self.init(owning: fcntl(descriptor, F_DUPFD_CLOEXEC, 0))
  }

  /// - Parameter descriptor: negative where the system refused it.
  private init(owning descriptor: Int32) throws(Failure) {
    self.descriptor = descriptor
    guard descriptor >= 0 else { throw .system(errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      size = 0
      throw .system(errno)
    }
    size = Int(status.st_size)
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .notAFile("a folder")
    case S_IFIFO: throw .notAFile("a pipe")
    case S_IFSOCK: throw .notAFile("a socket")
    default: throw .notAFile("a device")
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Fills a buffer with the bytes from an offset on.
  ///
  /// - Throws: `Failure.cutOff` where there are not so many; `.system`.
  package func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Failure) {
    guard try readUpTo(buffer, at: offset) == buffer.count else { throw .cutOff }
  }

  /// - Throws: `Failure.cutOff` where the file does not have these bytes any more; `.system`.
  package func bytes(_ range: Range<Int>) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    let outcome = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(Failure) in try read(at: range.lowerBound, into: buffer) }
    }
    try outcome.get()
    return bytes
  }

  /// All bytes of a file.
  ///
  /// - Parameter limit: how many they may be.
  /// - Throws: `Failure`.
  package static func contents(path: String, limit: Int) throws(Failure) -> [UInt8] {
    let file = try RegularFile(path: path)
    guard file.size <= limit else { throw .tooLong(limit: limit) }
    return try file.bytes(0..<file.size)
  }

  /// Fills a buffer, or as much of it as there are bytes left from an offset on.
  ///
  /// - Returns: how many bytes were read.
  /// - Throws: `Failure.system`.
  package func readUpTo(
    _ buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(Failure) -> Int {
    var filled = 0
    while filled < buffer.count, let start = buffer.baseAddress {
      let count = pread(
        descriptor, start + filled, buffer.count - filled, off_t(offset + filled))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system(errno) }
      if count == 0 { break }
      filled += count
    }
    return filled
  }
}
