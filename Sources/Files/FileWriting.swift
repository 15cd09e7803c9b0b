internal import Foundation
package import SystemPackage

/// Writes a file that takes the place of the one at a path at once or not at all; where that is a
/// link, of the file that it leads to. Owner, mode and extended attributes of one that is there stay.
///
/// - Parameter content: writes the bytes, one after the other.
/// - Throws: `FileFailure`; what `content` throws. There is nothing new on the disk then.
package func replaceFile(
  at path: FilePath, with content: (TemporaryFile) throws -> Void
) throws {
  var status = stat()
  let exists = path.withPlatformString { stat($0, &status) } == 0
  if exists, case let entry = FileEntry(status), entry != .file {
    throw FileFailure(path, entry == .folder ? EISDIR : EEXIST)
  }
  let target = exists ? path.resolved ?? path : path
  do {
    let file = try TemporaryFile(for: target)
    try content(file)
    if exists { file.copyProperties(of: target, mode: UInt32(status.st_mode)) }
    try file.takePlace()
  } catch let failure as FileFailure where failure.path == target.string {
    // By the name that the user knows.
    throw FileFailure(path, failure.number)
  }
}

/// Writes bytes as `replaceFile(at:with:)` does.
///
/// - Throws: `FileFailure`. There is nothing new on the disk then.
package func replaceFile(at path: FilePath, with bytes: [UInt8]) throws {
  try replaceFile(at: path) { file in
    try bytes.withUnsafeBytes { try file.write($0) }
  }
}

/// Makes a folder, and those that it lies in, unless they are there.
///
/// - Throws: `FileFailure`, of ENOTDIR where a file is in its place.
package func makeFolder(_ path: FilePath) throws(FileFailure) {
  guard !path.isEmpty else { return }
  func tried() -> Int32? { path.withPlatformString { mkdir($0, 0o777) } == 0 ? nil : errno }
  var number = tried()
  if number == ENOENT {
    let parent = path.removingLastComponent()
    guard parent != path else { throw FileFailure(path, ENOENT) }
    try makeFolder(parent)
    number = tried()
  }
  guard let number else { return }
  guard let entry = FileEntry(at: path) else { throw FileFailure(path, number) }
  guard entry == .folder else { throw FileFailure(path, ENOTDIR) }
}

/// A file to which lines are added as they come.
package final class AppendedFile {
  private let path: FilePath
  private let descriptor: Int32

  /// - Parameter isNew: whether it is to be made, and must not be there; else it is.
  /// - Throws: `FileFailure`.
  package init(_ path: FilePath, isNew: Bool = false) throws(FileFailure) {
    self.path = path
    let mode = O_WRONLY | O_APPEND | O_CLOEXEC | (isNew ? O_CREAT | O_EXCL : 0)
    descriptor = path.withPlatformString { open($0, mode, 0o666) }
    guard descriptor >= 0 else { throw FileFailure(path, errno) }
  }

  deinit { close(descriptor) }

  /// - Throws: `FileFailure`.
  package func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try writeAll($0, to: descriptor, for: path) }
  }
}

extension FilePath {
  /// Whether a symbolic link stands here.
  package var isLink: Bool { FileEntry(at: self, followingLinks: false) == .link }

  /// Where the file is that a path leads to, from the root on and without links; nil where there is
  /// none.
  package var resolved: FilePath? {
    guard let path = withPlatformString({ realpath($0, nil) }) else { return nil }
    defer { free(path) }
    return FilePath(platformString: path)
  }
}
