#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
package import Files
internal import Imaging
internal import Store
package import SystemPackage

/// The bytes of a photo's file, and the state that the file had when they were read.
package struct PhotoFile: Sendable {
  package let bytes: [UInt8]
  package let state: FileState

  /// - Throws: `ImagingError.missing`, `.folder`, `.unreadable`, `.readFailed`, `.tooLong`.
  package init(at path: FilePath) throws {
    let name = path.string
    // Not blocking: a pipe in a folder of photos must not hold up the batch.
    let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw ImagingError.missing(path: name) }
      throw ImagingError.unreadable(path: name, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    guard let state = FileState(descriptor: descriptor) else {
      var status = stat()
      if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
        throw ImagingError.folder(path: name)
      }
      throw ImagingError.unreadable(path: name, reason: "it is not a regular file")
    }
    self.state = state
    bytes = try ImageDecoder.readAll(descriptor: descriptor, name: name)
  }

  /// Whether the file at a path begins like a photo.
  package static func isPhoto(at path: FilePath) -> Bool {
    // A pipe is none, and must not hold up the batch.
    let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard FileState(descriptor: descriptor) != nil else { return false }
    var beginning = [UInt8](repeating: 0, count: 256)
    let count = read(descriptor, &beginning, beginning.count)
    return count > 0 && ImageFormat(Array(beginning[..<count])) != nil
  }
}
