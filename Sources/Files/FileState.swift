package import Foundation
package import SystemPackage

/// Size and time of change of a file: as long as they stay, so does what was read from it.
package struct FileState: Hashable, Sendable {
  package let byteCount: Int
  /// Since 1970.
  package let modifiedNanoseconds: Int64

  package init(byteCount: Int, modifiedNanoseconds: Int64) {
    self.byteCount = byteCount
    self.modifiedNanoseconds = modifiedNanoseconds
  }

  /// - Returns: nil where there is no regular file at `path`, links followed.
  package init?(of path: FilePath) {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) == 0, FileEntry(status) == .file
    else { return nil }
    self.init(status)
  }

  /// - Returns: nil where the descriptor is not of a regular file.
  package init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, FileEntry(status) == .file else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    byteCount = Int(status.st_size)
    let modified = status.modified
    modifiedNanoseconds = Int64(modified.tv_sec) * 1_000_000_000 + Int64(modified.tv_nsec)
  }
}

extension stat {
  /// When the file's bytes were last changed.
  package var modified: timespec {
    #if canImport(Darwin)
      st_mtimespec
    #else
      st_mtim
    #endif
  }
}
