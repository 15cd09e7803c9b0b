package import Files
internal import SystemPackage

/// Keeps two processes from changing one model's folder at a time.
package enum ModelLock {
  /// - Returns: what keeps others out as long as it lives.
  /// - Throws: `TrainingError.busy`; `FileFailure`.
  package static func take(_ folder: String) throws -> FileLock {
    guard let lock = try FileLock(on: FilePath(folder)) else {
      throw TrainingError.busy(folder: folder)
    }
    return lock
  }

  /// Refuses, before long preparations, a folder that could not be taken after them. One that is not
  /// there is fine.
  ///
  /// - Throws: `TrainingError.busy`; `FileFailure`.
  package static func check(_ folder: String) throws {
    guard let entry = FileEntry(at: FilePath(folder)) else { return }
    guard entry == .folder else {
      throw FileFailure(FilePath(folder), Errno.notDirectory.rawValue)
    }
    _ = try take(folder)
  }
}
