package import Foundation
package import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The text of a file, checked to be no longer than can be worked with and to be UTF-8.
package struct DatasetFile: Sendable {
  /// Longer files are refused before they are read. The longest of those in use, Karpathy's
  /// dataset_coco.json, has 144 MB.
  package static let maximumBytes = 1 << 30

  /// What the file is called in errors.
  package let name: String
  /// UTF-8, without a byte order mark.
  package let data: Data

  /// Reads a file, or a pipe to its end.
  ///
  /// - Throws: `DatasetError`.
  package init(path: FilePath) throws {
    try self.init(data: Self.readAll(path), name: String(decoding: path))
  }

  /// - Throws: `DatasetError.tooLong`, `.malformed` where the bytes are not UTF-8.
  package init(data: Data, name: String) throws {
    guard data.count <= Self.maximumBytes else { throw DatasetError.tooLong(path: name) }
    if let offset = Self.firstInvalidOffset(data) {
      let line = 1 + data.prefix(offset).count { $0 == UInt8(ascii: "\n") }
      throw DatasetError.malformed(
        path: name, place: .line(line), reason: "it is not valid UTF-8")
    }
    self.name = name
    self.data = data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
  }

  /// The bytes are copied, not mapped, since a mapped file that shrinks meanwhile ends the program.
  private static func readAll(_ path: FilePath) throws -> Data {
    let name = String(decoding: path)
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      return try file.closeAfter {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw Errno.isDirectory }
        let isFile = status.st_mode & S_IFMT == S_IFREG
        guard !isFile || status.st_size <= maximumBytes else {
          throw DatasetError.tooLong(path: name)
        }
        var data = Data(capacity: isFile ? Int(status.st_size) : 0)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while case let count = try read(file, into: buffer, name: name), count > 0 {
          data.append(contentsOf: buffer[..<count])
          guard data.count <= maximumBytes else { throw DatasetError.tooLong(path: name) }
        }
        return data
      }
    } catch let error as Errno {
      guard error != .noSuchFileOrDirectory, error != .notDirectory else {
        throw DatasetError.missing(path: name)
      }
      throw DatasetError.unreadable(path: name, reason: "\(error)")
    }
  }

  private static func read(
    _ file: FileDescriptor, into buffer: UnsafeMutableRawBufferPointer, name: String
  ) throws -> Int {
    do {
      return try file.read(into: buffer)
    } catch let error as Errno {
      throw DatasetError.readFailed(path: name, reason: "\(error)")
    }
  }

  /// Calls `body` with each line, counted from 1, without its end `\n` or `\r\n`.
  func forEachLine(_ body: (Int, String) -> Void) {
    data.withUnsafeBytes { bytes in
      var (number, start) = (0, 0)
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let hasReturn = end > start && bytes[end - 1] == UInt8(ascii: "\r")
        let line = bytes[start..<(hasReturn ? end - 1 : end)]
        number += 1
        body(number, String(decoding: line, as: UTF8.self))
        start = end + 1
      }
    }
  }

  /// Where the first byte stands that does not belong to a character.
  private static func firstInvalidOffset(_ data: Data) -> Int? {
    data.withUnsafeBytes { bytes in
      do {
        _ = try UTF8Span(validating: bytes.bindMemory(to: UInt8.self).span)
        return nil
      } catch let error as UTF8.ValidationError {
        return error.byteOffsets.lowerBound
      } catch {
        return 0
      }
    }
  }
}
