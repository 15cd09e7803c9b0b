package import Files
internal import Imaging
package import SystemPackage

/// The bytes of a photo's file, and the state that the file had when they were read.
package struct PhotoFile: Sendable {
  package let bytes: [UInt8]
  package let state: FileState

  /// - Throws: `ImagingError.missing`, `.folder`, `.unreadable`, `.readFailed`, `.tooLong`.
  package init(at path: FilePath) throws {
    let name = path.string
    let descriptor: FileDescriptor
    do {
      // Not blocking: a pipe in a folder of photos must not hold up the batch.
      descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
    } catch let error as Errno {
      throw ImagingError.notOpened(name, error)
    }
    (bytes, state) = try descriptor.closeAfter {
      let number = descriptor.rawValue
      guard let state = FileState(descriptor: number) else {
        throw FileEntry(descriptor: number) == .folder
          ? ImagingError.folder(path: name)
          : .unreadable(path: name, reason: "it is not a regular file")
      }
      return (try ImageDecoder.readAll(descriptor: number, name: name), state)
    }
  }

  /// Whether the file at a path begins like a photo.
  package static func isPhoto(at path: FilePath) -> Bool {
    guard let file = try? RegularFile(path),
      let beginning = try? file.bytes(0..<min(256, file.size))
    else { return false }
    return !beginning.isEmpty && ImageFormat(beginning) != nil
  }
}
