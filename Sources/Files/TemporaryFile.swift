internal import CFiles
internal import Foundation
package import SystemPackage

/// A file that is being written beside the one whose place it is to take, at once or not at all: its
/// bytes are safe on the disk before they get the other's name.
///
/// It is locked as long as it is written, so that one which is not is known to be a leftover of a
/// process that was killed: see `LeftOvers`, which clears the folder of those before the first file
/// is made in it. It is removed where it goes away before it has taken its place.
package final class TemporaryFile {
  package let path: FilePath
  /// Open for reading and writing, as long as this lives.
  package let descriptor: Int32
  /// What it is to become.
  package let target: FilePath
  private var isInPlace = false

  /// - Parameters:
  ///   - target: the file that it is for, links resolved.
  ///   - permissions: of the file, but for what the user's mask takes away.
  ///   - announce: is told of the path before anything is there, so that a signal finds it.
  /// - Throws: `FileFailure`.
  package init(
    for target: FilePath, permissions: FilePermissions = FilePermissions(rawValue: 0o666),
    announce: (FilePath) -> Void = { _ in }
  ) throws(FileFailure) {
    let folder = Self.folder(of: target)
    LeftOvers.clearOnce(in: folder)
    for _ in 0..<100 {
      let path = folder.appending(TemporaryName.new())
      announce(path)
      let descriptor = path.withPlatformString {
        open(
          $0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(permissions.rawValue))
      }
      guard descriptor >= 0 else {
        if errno == EEXIST || errno == EINTR { continue }
        throw FileFailure(target, errno)
      }
      // Who clears the folder may have come between.
      guard lockAtOnce(descriptor) != .held, Self.isThere(descriptor) else {
        close(descriptor)
        continue
      }
      self.path = path
      self.descriptor = descriptor
      self.target = target
      return
    }
    throw FileFailure(target, EEXIST)
  }

  deinit {
    if !isInPlace { path.withPlatformString { _ = unlink($0) } }
    close(descriptor)
  }

  /// Appends bytes.
  ///
  /// - Throws: `FileFailure`.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileFailure) {
    try writeAll(bytes, to: descriptor, for: target)
  }

  /// Owner, extended attributes (access lists among them) and mode of another file, as far as the
  /// system allows, in this order: a new owner takes bits from the mode, and so does an access list.
  ///
  /// - Parameter mode: as of `stat`.
  package func copyProperties(of other: FilePath, mode: UInt32) {
    let original = other.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    defer { if original >= 0 { close(original) } }
    var status = stat()
    if original >= 0, fstat(original, &status) == 0 {
      // Only root may give files away; a group of one's own anybody may set.
      if fchown(descriptor, status.st_uid, status.st_gid) != 0 {
        _ = fchown(descriptor, uid_t.max, status.st_gid)
      }
      cf_copy_attributes(original, descriptor)
    }
    _ = fchmod(descriptor, mode_t(mode & 0o7777))
  }

  /// Sets when the file was last modified, in time since 1970.
  ///
  /// - Throws: `FileFailure`.
  package func setModified(seconds: Int, nanoseconds: Int) throws(FileFailure) {
    guard cf_set_modified(descriptor, Int64(seconds), Int64(nanoseconds)) == 0 else {
      throw FileFailure(target, errno)
    }
  }

  /// Makes the bytes last, and takes the place of what the file is for.
  ///
  /// - Parameters:
  ///   - mayReplace: whether there may be a file.
  ///   - check: is asked as late as possible whether to do so: what changes from there on is lost, as
  ///     POSIX has no rename that compares.
  /// - Throws: `FileFailure`, of EEXIST where there is a file and may not be, or a device, a pipe or the
  ///   like; what `check` throws.
  package func takePlace(mayReplace: Bool = true, unless check: () throws -> Void = {}) throws {
    guard fsync(descriptor) == 0 else { throw FileFailure(target, errno) }
    try check()
    if let entry = FileEntry(at: target, followingLinks: false), entry != .file {
      throw FileFailure(target, entry == .folder ? EISDIR : EEXIST)
    }
    let result = path.withPlatformString { from in
      target.withPlatformString { to in mayReplace ? rename(from, to) : cf_rename_new(from, to) }
    }
    guard result == 0 else { throw FileFailure(target, errno) }
    isInPlace = true
    synchronizeFolder(of: target)
  }

  private static func folder(of path: FilePath) -> FilePath { folderOrHere(path) }

  private static func isThere(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_nlink > 0
  }
}

/// The folder in which a path lies.
private func folderOrHere(_ path: FilePath) -> FilePath {
  let folder = path.removingLastComponent()
  return folder.isEmpty ? "." : folder
}

/// Makes a new name, or that one is gone, as lasting as the bytes; some file systems cannot, and
/// need not.
package func synchronizeFolder(of path: FilePath) {
  let descriptor = folderOrHere(path).withPlatformString {
    open($0, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
  }
  guard descriptor >= 0 else { return }
  _ = fsync(descriptor)
  close(descriptor)
}

/// - Throws: `FileFailure`.
func writeAll(
  _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, for path: FilePath
) throws(FileFailure) {
  var offset = 0
  while offset < bytes.count {
    let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
    let count = write(descriptor, rest.baseAddress, rest.count)
    if count < 0 {
      if errno == EINTR { continue }
      throw FileFailure(path, errno)
    }
    offset += count
  }
}
