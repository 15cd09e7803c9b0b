internal import Files
internal import SystemPackage

/// A file or pipe that is read piece by piece, with errors that name it.
final class FileReader {
  /// What the file is called in errors.
  let name: String
  /// In bytes; nil for a pipe.
  let size: Int?
  private let descriptor: FileDescriptor

  /// - Throws: `DatasetError.missing`, `.unreadable`.
  init(path: FilePath) throws {
    name = String(decoding: path)
    do {
      descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    } catch let error as Errno {
      guard error != .noSuchFileOrDirectory, error != .notDirectory else {
        throw DatasetError.missing(path: name)
      }
      throw DatasetError.unreadable(path: name, reason: "\(error)")
    }
    let entry = FileEntry(descriptor: descriptor.rawValue)
    guard entry != .folder else {
      throw DatasetError.unreadable(path: name, reason: "\(Errno.isDirectory)")
    }
    size = entry == .file ? FileState(descriptor: descriptor.rawValue)?.byteCount : nil
  }

  deinit { try? descriptor.close() }

  /// Fills the buffer, or as much of it as there are bytes left.
  ///
  /// - Returns: how many bytes were read; 0 at the end.
  /// - Throws: `DatasetError.readFailed`.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    do {
      while filled < buffer.count {
        let count = try descriptor.read(into: .init(rebasing: buffer[filled...]))
        if count == 0 { break }
        filled += count
      }
    } catch let error as Errno {
      throw DatasetError.readFailed(path: name, reason: "\(error)")
    }
    return filled
  }
}
