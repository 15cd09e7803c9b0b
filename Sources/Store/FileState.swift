package import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

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
    guard path.withPlatformString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG
    else { return nil }
    self.init(status)
  }

  /// - Returns: nil where the descriptor is not of a regular file.
  package init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    byteCount = Int(status.st_size)
    modifiedNanoseconds =
      Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
  }
}
