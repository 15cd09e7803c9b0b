internal import Foundation
internal import Synchronization
package import SystemPackage

/// What processes that were killed left unfinished beside the files that they wrote.
///
/// Only what is proven to be this program's is removed: a regular file of the user's with one name,
/// which is exactly like those of `TemporaryFile`, and which nobody writes any more. That its lock is
/// free proves this where the name says that it was made on this machine since it was started; else,
/// as other machines' locks may be out of sight, that it has not changed for a day besides.
package enum LeftOvers {
  /// Seconds after which nobody writes a file any more.
  private static let longestWrite = 86_400
  private static let cleared = Mutex<Set<FilePath>>([])

  /// Removes them from a folder, but not from those in it.
  ///
  /// - Parameter ofFoundation: also those that Foundation leaves, by whose means earlier versions
  ///   wrote models; for folders that are this program's alone.
  /// - Returns: how many there were. What cannot be read or removed is passed by.
  @discardableResult
  package static func clear(in folder: FilePath, ofFoundation: Bool = false) -> Int {
    let folder = folder.isEmpty ? "." : folder
    var count = 0
    try? folder.forEachName(beginningWith: ".") { name in
      guard let kind = TemporaryName(name.string), ofFoundation || kind != .ofFoundation else {
        return true
      }
      if remove(folder.appending(name), kind) { count += 1 }
      return true
    }
    return count
  }

  /// Removes them from folders, each once.
  ///
  /// - Returns: how many there were.
  @discardableResult
  package static func clear(in folders: some Sequence<FilePath>) -> Int {
    Set(folders).reduce(0) { $0 + clear(in: $1) }
  }

  /// Removes them from a folder unless this process has done so before.
  static func clearOnce(in folder: FilePath) {
    if cleared.withLock({ $0.insert(folder).inserted }) { clear(in: folder) }
  }

  private static func remove(_ path: FilePath, _ name: TemporaryName) -> Bool {
    let descriptor = path.withPlatformString {
      open($0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // Kept until it is gone, so that who makes a file of that name now sees that it is.
    let lock = lockAtOnce(descriptor)
    var (status, named) = (stat(), stat())
    guard lock != .held, fstat(descriptor, &status) == 0,
      FileEntry(status) == .file, status.st_nlink == 1,
      // Root's may have got the owner of what they were to replace.
      status.st_uid == geteuid() || geteuid() == 0,
      path.withPlatformString({ lstat($0, &named) }) == 0,
      named.st_ino == status.st_ino, named.st_dev == status.st_dev
    else { return false }
    let isOld = status.modified.tv_sec < time(nil) - longestWrite
    guard isOld || lock == .taken && name == .own else { return false }
    return path.withPlatformString { unlink($0) } == 0
  }
}
