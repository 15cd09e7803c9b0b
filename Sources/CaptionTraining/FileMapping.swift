internal import Foundation
internal import SystemPackage

/// A file's bytes in memory, read from disk when they are looked at, and never changed.
final class FileMapping: @unchecked Sendable {
  // Unchecked: nothing is written through the pointer.
  let bytes: UnsafeRawBufferPointer

  /// Maps what an open file holds now.
  ///
  /// - Throws: `Errno`.
  init(_ file: FileDescriptor) throws {
    var status = stat()
    guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Errno.invalidArgument }
    guard status.st_size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let size = Int(status.st_size)
    guard let address = mmap(nil, size, PROT_READ, MAP_SHARED, file.rawValue, 0),
      address != MAP_FAILED
    else { throw Errno(rawValue: errno) }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit {
    if let address = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: address), bytes.count)
    }
  }
}
