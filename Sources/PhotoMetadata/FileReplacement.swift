internal import CImageMetadata
internal import Imaging
package import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What tells one state of a file from another without reading it.
package struct FileSnapshot: Equatable, Sendable {
  let device: UInt64
  let inode: UInt64
  let size: Int
  package let modified: FileTimestamp
  let mode: UInt32

  init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
    size = Int(status.st_size)
    mode = UInt32(status.st_mode)
    #if canImport(Darwin)
      modified = FileTimestamp(
        seconds: status.st_mtimespec.tv_sec, nanoseconds: status.st_mtimespec.tv_nsec)
    #else
      modified = FileTimestamp(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    #endif
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
    let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path.string) }
      throw .unreadable(path: path.string, reason: systemMessage())
    }
    defer { close(descriptor) }
    let before = try status(descriptor, path)
    guard before.mode & UInt32(S_IFMT) == UInt32(S_IFREG) else {
      throw .notAFile(path: path.string)
    }
    do {
      let bytes = try ImageDecoder.readAll(descriptor: descriptor, name: path.string)
      // A file that was written to meanwhile may have been read half and half.
      guard try status(descriptor, path) == before, bytes.count == before.size else {
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
  /// several hard links only this one.
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
    let target = snapshot == nil ? path : try resolved(path)
    if let snapshot {
      guard try self.snapshot(of: target) == snapshot else { throw .changed(path: path.string) }
      guard target.withPlatformString({ access($0, W_OK) }) == 0 else {
        if errno == EACCES || errno == EROFS { throw .writeProtected(path: path.string) }
        throw .writeFailed(path: path.string, reason: systemMessage())
      }
    }
    let folder = folder(of: target)
    let (temporary, descriptor) = try createTemporary(
      in: folder, for: path, isPrivate: snapshot != nil)
    var isOpen = true
    var isRenamed = false
    defer {
      if isOpen { close(descriptor) }
      if !isRenamed { temporary.withPlatformString { _ = unlink($0) } }
    }
    func check(_ succeeded: Bool) throws(MetadataError) {
      guard succeeded else { throw .writeFailed(path: path.string, reason: systemMessage()) }
    }
    try write(bytes, to: descriptor, for: path)
    if let snapshot { copyProperties(of: target, snapshot, to: descriptor) }
    if let modified {
      try check(
        cm_set_modified(descriptor, Int64(modified.seconds), Int64(modified.nanoseconds)) == 0)
    }
    try check(fsync(descriptor) == 0)
    isOpen = false
    try check(close(descriptor) == 0)
    if let snapshot {
      // As late as possible: what changes from here on is lost, as POSIX has no rename that compares.
      guard try self.snapshot(of: target) == snapshot else { throw .changed(path: path.string) }
    }
    let renamed = temporary.withPlatformString { from in
      target.withPlatformString { to in
        snapshot == nil ? cm_rename_new(from, to) : rename(from, to)
      }
    }
    if renamed != 0 && errno == EEXIST { throw .changed(path: path.string) }
    try check(renamed == 0)
    isRenamed = true
    synchronize(folder)
  }

  /// Removes a file that is still as it was read.
  ///
  /// - Throws: `MetadataError.missing`, `.changed`, `.writeFailed`.
  static func remove(_ path: FilePath, expecting snapshot: FileSnapshot) throws(MetadataError) {
    guard try self.snapshot(of: path) == snapshot else { throw .changed(path: path.string) }
    guard path.withPlatformString({ unlink($0) }) == 0 else {
      throw .writeFailed(path: path.string, reason: systemMessage())
    }
    synchronize(folder(of: path))
  }

  /// - Parameter isPrivate: Nobody else may read it, until it gets the mode of another file.
  private static func createTemporary(
    in folder: FilePath, for path: FilePath, isPrivate: Bool
  ) throws(MetadataError) -> (path: FilePath, descriptor: Int32) {
    for _ in 0..<100 {
      let digits = String(UInt64.random(in: .min ... .max), radix: 16)
      let padded = String(repeating: "0", count: 16 - digits.count) + digits
      let temporary = folder.appending(".caption-" + padded + ".tmp")
      let descriptor = temporary.withPlatformString {
        open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, isPrivate ? 0o600 : 0o666)
      }
      if descriptor >= 0 { return (temporary, descriptor) }
      guard errno == EEXIST || errno == EINTR else { break }
    }
    throw .writeFailed(path: path.string, reason: systemMessage())
  }

  private static func write(
    _ bytes: [UInt8], to descriptor: Int32, for path: FilePath
  ) throws(MetadataError) {
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        let rest = UnsafeRawBufferPointer(rebasing: buffer[offset...])
        #if canImport(Glibc)
          return Glibc.write(descriptor, rest.baseAddress, rest.count)
        #elseif canImport(Musl)
          return Musl.write(descriptor, rest.baseAddress, rest.count)
        #else
          return Darwin.write(descriptor, rest.baseAddress, rest.count)
        #endif
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw .writeFailed(path: path.string, reason: systemMessage())
      }
      offset += count
    }
  }

  /// Owner, extended attributes (access lists among them) and mode, in this order: a new owner
  /// takes bits from the mode, and so does an access list.
  private static func copyProperties(
    of target: FilePath, _ snapshot: FileSnapshot, to descriptor: Int32
  ) {
    let original = target.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    defer { if original >= 0 { close(original) } }
    var status = stat()
    if original >= 0, fstat(original, &status) == 0 {
      // Only root may give files away; a group of one's own anybody may set.
      if fchown(descriptor, status.st_uid, status.st_gid) != 0 {
        _ = fchown(descriptor, uid_t.max, status.st_gid)
      }
      cm_copy_attributes(original, descriptor)
    }
    _ = fchmod(descriptor, mode_t(snapshot.mode & 0o7777))
  }

  /// Makes a new name as lasting as the bytes; some file systems cannot, and need not.
  private static func synchronize(_ folder: FilePath) {
    let descriptor = folder.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_DIRECTORY) }
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    close(descriptor)
  }

  private static func folder(of path: FilePath) -> FilePath {
    let folder = path.removingLastComponent()
    return folder.isEmpty ? "." : folder
  }

  private static func resolved(_ path: FilePath) throws(MetadataError) -> FilePath {
    guard let resolved = path.withPlatformString({ realpath($0, nil) }) else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path.string) }
      throw .writeFailed(path: path.string, reason: systemMessage())
    }
    defer { free(resolved) }
    return FilePath(platformString: resolved)
  }

  /// Nil where there is no file.
  static func snapshot(of path: FilePath) throws(MetadataError) -> FileSnapshot? {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .readFailed(path: path.string, reason: systemMessage())
    }
    return FileSnapshot(status)
  }

  private static func status(
    _ descriptor: Int32, _ path: FilePath
  ) throws(MetadataError) -> FileSnapshot {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .readFailed(path: path.string, reason: systemMessage())
    }
    return FileSnapshot(status)
  }

  private static func systemMessage() -> String { String(cString: strerror(errno)) }
}
