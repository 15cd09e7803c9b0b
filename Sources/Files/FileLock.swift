internal import Foundation
package import SystemPackage

/// Keeps others who ask from working with the same file or folder, as long as it lives. The system
/// lets go of it however the process ends, so that none is ever left behind.
///
/// Where locks are not to be had, as on some network disks, it keeps nobody.
package final class FileLock: Sendable {
  private let descriptor: Int32

  /// - Parameter path: of a folder or a file that is there.
  /// - Returns: nil where somebody else has it.
  /// - Throws: `FileFailure`.
  package convenience init?(on path: FilePath) throws(FileFailure) {
    try self.init(path, O_RDONLY)
  }

  /// - Parameter path: of a file that is for the lock alone, and is made where it is not there: that
  ///   also network disks know.
  /// - Returns: nil where somebody else has it.
  /// - Throws: `FileFailure`.
  package convenience init?(file path: FilePath) throws(FileFailure) {
    try self.init(path, O_RDWR | O_CREAT)
  }

  private init?(_ path: FilePath, _ mode: Int32) throws(FileFailure) {
    let descriptor = path.withPlatformString { open($0, mode | O_CLOEXEC | O_NONBLOCK, 0o666) }
    guard descriptor >= 0 else { throw FileFailure(path, errno) }
    guard lockAtOnce(descriptor) != .held else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  deinit {
    // A child that was just made has a copy of what is open until it becomes another program, and
    // would keep the lock as long.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}

enum LockResult { case taken, held, impossible }

/// Locks an open file until it is closed, or says why not; does not wait.
func lockAtOnce(_ descriptor: Int32) -> LockResult {
  while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
    if errno == EINTR { continue }
    return errno == EWOULDBLOCK ? .held : .impossible
  }
  return .taken
}
