#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
package import SystemPackage

/// The system does not let a file or folder be made, written or locked: the disk is full, a folder
/// is a file, a name is too long.
package struct FileFailure: Error, Equatable, CustomStringConvertible {
  package let path: String
  /// As of errno.h.
  package let number: Int32

  package init(_ path: FilePath, _ number: Int32) {
    self.path = path.string
    self.number = number
  }

  /// In the system's words, which name no path.
  package var reason: String { String(cString: strerror(number)) }

  package var description: String { "\(path): cannot be written: \(reason)" }
}
