internal import Files
internal import Foundation
internal import Imaging
package import SystemPackage

/// What tells one state of a file from another without reading it.
package struct FileSnapshot: Equatable, Sendable {
  /// Where the file itself is, without links.
  let place: FilePath
  let device: UInt64
  let inode: UInt64
  let size: Int
  package let modified: FileTimestamp
  let mode: UInt32

  init(_ status: stat, at place: FilePath) {
    self.place = place
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
    size = Int(status.st_size)
    mode = UInt32(status.st_mode)
    let time = status.modified
    modified = FileTimestamp(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
  }
}

/// A moment as file systems have it, since 1970.
package struct FileTimestamp: Equatable, Sendable {
  let seconds: Int
  let nanoseconds: Int
}

/// Replaces files at once or not at all: the new bytes are safe on the disk under another name
/// before they get the file's.
package enum FileReplacement {
  /// Reads a file with what tells later whether it is still the same.
  ///
  /// - Throws: `MetadataError.missing`, `.notAFile`, `.unreadable`, `.readFailed`, `.tooLong`.
  package static func read(
    _ path: FilePath
  ) throws(MetadataError) -> (bytes: [UInt8], snapshot: FileSnapshot) {
    let place = try resolved(path)
    // What has become a link meanwhile is not followed.
    let descriptor = place.withPlatformString {
      open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    }
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path.string) }
      throw .unreadable(path: path.string, reason: systemReason(lastSystemError))
    }
    defer { close(descriptor) }
    func status() throws(MetadataError) -> FileSnapshot {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else {
        throw .readFailed(path: path.string, reason: systemReason(lastSystemError))
      }
      return FileSnapshot(status, at: place)
    }
    let before = try status()
    guard FileEntry(descriptor: descriptor) == .file else { throw .notAFile(path: path.string) }
    do {
      let bytes = try ImageDecoder.readAll(descriptor: descriptor, name: path.string)
      // A file that was written to meanwhile may have been read half and half.
      guard try status() == before, bytes.count == before.size else {
        throw MetadataError.changed(path: path.string)
      }
      return (bytes, before)
    } catch let error as MetadataError {
      throw error
    } catch ImagingError.tooLong {
      throw .tooLong(path: path.string)
    } catch ImagingError.readFailed(_, let reason) {
      throw .readFailed(path: path.string, reason: reason)
    } catch {
      throw .readFailed(path: path.string, reason: "\(error)")
    }
  }

  /// Puts bytes in the place of a file. Of a symbolic link the target is replaced, not the link; of
  /// several hard links only this one, so that a backup made of links keeps what it has.
  ///
  /// Mode, owner and extended attributes stay as far as the system allows.
  ///
  /// - Parameters:
  ///   - snapshot: The file as it was read; nil for one that must not be there yet.
  ///   - modified: When the file is to have been modified; nil for now.
  /// - Throws: `MetadataError.missing`, `.changed`, `.writeProtected`, `.writeFailed`. There is
  ///   nothing new on the disk then.
  package static func replace(
    _ path: FilePath, with bytes: [UInt8], expecting snapshot: FileSnapshot?,
    modified: FileTimestamp? = nil
  ) throws(MetadataError) {
    let target = snapshot?.place ?? path
    if let snapshot {
      try require(path, toBe: snapshot)
      guard target.withPlatformString({ access($0, W_OK) }) == 0 else {
        if errno == EACCES || errno == EROFS { throw .writeProtected(path: path.string) }
        throw .writeFailed(path: path.string, reason: systemReason(lastSystemError))
      }
    }
    do {
      // Nobody else may read it until it gets the mode of the other.
      let file = try TemporaryFile(
        for: target, permissions: FilePermissions(rawValue: snapshot == nil ? 0o666 : 0o600))
      try bytes.withUnsafeBytes { try file.write($0) }
      if let snapshot { file.copyProperties(of: target, mode: snapshot.mode) }
      if let modified {
        try file.setModified(seconds: modified.seconds, nanoseconds: modified.nanoseconds)
      }
      try file.takePlace(mayReplace: snapshot != nil) {
        if let snapshot { try require(path, toBe: snapshot) }
      }
    } catch let error as MetadataError {
      throw error
    } catch let failure as FileFailure {
      if snapshot == nil, failure.number == EEXIST { throw .changed(path: path.string) }
      throw .writeFailed(path: path.string, reason: failure.systemReason)
    } catch {
      throw .writeFailed(path: path.string, reason: "\(error)")
    }
  }

  private static func require(
    _ path: FilePath, toBe snapshot: FileSnapshot
  ) throws(MetadataError) {
    guard let now = try self.snapshot(of: path) else { throw .missing(path: path.string) }
    guard now == snapshot else { throw .changed(path: path.string) }
  }

  /// Removes a file that is still as it was read.
  ///
  /// - Throws: `MetadataError.missing`, `.changed`, `.writeFailed`.
  static func remove(_ path: FilePath, expecting snapshot: FileSnapshot) throws(MetadataError) {
    try require(path, toBe: snapshot)
    guard path.withPlatformString({ unlink($0) }) == 0 else {
      throw .writeFailed(path: path.string, reason: systemReason(lastSystemError))
    }
    synchronizeFolder(of: path)
  }

  private static func resolved(_ path: FilePath) throws(MetadataError) -> FilePath {
    guard let place = path.resolved else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path.string) }
      throw .unreadable(path: path.string, reason: systemReason(lastSystemError))
    }
    return place
  }

  /// Nil where there is no file.
  static func snapshot(of path: FilePath) throws(MetadataError) -> FileSnapshot? {
    var status = stat()
    guard let place = path.resolved, place.withPlatformString({ lstat($0, &status) }) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .readFailed(path: path.string, reason: systemReason(lastSystemError))
    }
    return FileSnapshot(status, at: place)
  }
}
