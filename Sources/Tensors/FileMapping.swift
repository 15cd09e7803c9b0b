internal import Foundation

/// A file's bytes in memory, read from disk when they are looked at, and never changed.
package final class FileMapping: @unchecked Sendable {
  // Unchecked: nothing is written through the pointer.
  package let bytes: UnsafeRawBufferPointer

  /// Why a file cannot be mapped.
  package enum Failure: Error {
    /// It is a folder, a device or the like.
    case notAFile
    /// The system's error number.
    case system(Int32)
  }

  /// Maps what an open file holds now.
  package init(descriptor: Int32) throws(Failure) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    guard status.st_size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let size = Int(status.st_size)
    guard let address = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0),
      address != MAP_FAILED
    else { throw .system(errno) }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit {
    if let address = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: address), bytes.count)
    }
  }
}
