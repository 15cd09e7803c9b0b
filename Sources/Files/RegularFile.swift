internal import Foundation
package import SystemPackage

/// A file on disk that is open for reading. A folder, a pipe, a device or a socket in its place is
/// refused at once, since nobody knows how long what comes out of them would have to be waited for.
///
/// Its bytes are copied and not mapped: a mapped file that others make shorter ends the program.
package final class RegularFile: Sendable {
  /// Why a file cannot be opened or read.
  package enum Failure: Files.Failure, Equatable {
    /// There is none, or it cannot be opened or read: the system's error number.
    case system(Int32)
    /// It is something else, which a sentence can name.
    case notAFile(String)
    /// It has more bytes than are read at most.
    case tooLong(limit: Int)
    /// It is shorter than it was when it was opened.
    case cutOff

    package var parts: FailureParts {
      switch self {
      case .system(let code): .init(.noInput, systemReason(code))
      case .notAFile(let kind): .init(.noInput, "it is \(kind), not a file")
      case .tooLong(let limit):
        .init(
          .badData,
          limit % (1 << 20) == 0
            ? "it is longer than \(limit >> 20) MiB" : "it is longer than \(limit) bytes")
      case .cutOff: .init(.inputOutput, "it became shorter while it was read")
      }
    }
  }

  private let descriptor: Int32
  /// How many bytes it had when it was opened.
  package let size: Int

  /// - Throws: `Failure.system`, `.notAFile`.
  package convenience init(_ path: FilePath) throws(Failure) {
    // Without waiting, also for somebody who writes into a pipe.
    try self.init(
      owning: path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) })
  }

  /// - Throws: `Failure.system`, `.notAFile`.
  package convenience init(path: String) throws(Failure) { try self.init(FilePath(path)) }

  /// Size and time of change of the file that is open.
  package var state: FileState? { FileState(descriptor: descriptor) }

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
    let entry = FileEntry(status)
    guard entry == .file else { throw .notAFile(entry.name) }
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

  /// What comes out of an open file, pipe or terminal until its end. Other than a file's own, these may
  /// be waited for.
  ///
  /// - Parameter limit: how many bytes they may be.
  /// - Throws: `Failure.notAFile` for a folder, `.tooLong`, `.system`.
  package static func contents(descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
    var capacity = 1 << 16
    var status = stat()
    if fstat(descriptor, &status) == 0 {
      let entry = FileEntry(status)
      guard entry != .folder else { throw .notAFile(entry.name) }
      if entry == .file {
        guard status.st_size <= limit else { throw .tooLong(limit: limit) }
        // One byte more, so that the end is met without growing.
        capacity = Int(status.st_size) + 1
      }
    }
    var bytes = [UInt8](repeating: 0, count: capacity)
    var filled = 0
    while true {
      if filled == bytes.count {
        guard filled <= limit else { throw .tooLong(limit: limit) }
        bytes.append(contentsOf: repeatElement(0, count: filled))
      }
      let count = bytes.withUnsafeMutableBytes { buffer in
        readSome(of: descriptor, into: .init(rebasing: buffer[filled...]))
      }
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw .system(errno)
      }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }
}

/// As read(2), which a method of `RegularFile` hides.
private func readSome(of descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, buffer.baseAddress, buffer.count)
}
