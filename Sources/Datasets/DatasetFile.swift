package import Foundation
package import SystemPackage

/// The text of a file, checked to be no longer than can be worked with and to be UTF-8.
package struct DatasetFile: Sendable {
  /// Longer files are refused before they are read. The longest of those in use, Karpathy's
  /// dataset_coco.json, has 144 MB.
  package static let maximumBytes = 1 << 30
  /// Longer lines, and rows of tables, are refused before they are taken apart; in files of texts
  /// they are a sign that the file is none.
  package static let maximumLineBytes = 16 << 20

  /// What the file is called in errors.
  package let name: String
  /// UTF-8, without a byte order mark.
  package let data: Data
  /// Where the file was not UTF-8, and what was made of it.
  package let repairs: [DatasetProblem]

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
    self.data = data.starts(with: Self.mark) ? data.dropFirst(3) : data
    repairs = []
  }

  /// Reads a file, or a pipe to its end, as far as it can be read.
  ///
  /// - Throws: `DatasetError`.
  package init(repairing path: FilePath) throws {
    try self.init(repairing: Self.readAll(path), name: String(decoding: path))
  }

  /// Takes UTF-16 with a byte order mark for what it is, and each byte that is not UTF-8 for
  /// Windows-1252: that loses nothing of the rest, and is told in `repairs`.
  ///
  /// - Throws: `DatasetError.tooLong`.
  package init(repairing data: Data, name: String) throws {
    guard data.count <= Self.maximumBytes else { throw DatasetError.tooLong(path: name) }
    let text = RepairedText(data, name: name)
    self.name = name
    self.data = text.utf8.starts(with: Self.mark) ? text.utf8.dropFirst(3) : text.utf8
    repairs = text.problems
  }

  /// The byte order mark of UTF-8.
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The bytes are copied, not mapped, since a mapped file that shrinks meanwhile ends the program.
  static func readAll(_ path: FilePath) throws -> Data {
    let file = try FileReader(path: path)
    guard file.size ?? 0 <= maximumBytes else { throw DatasetError.tooLong(path: file.name) }
    var data = Data(capacity: file.size ?? 0)
    // Small files are many: the larger buffer would cost more than their reading.
    let pieceBytes = file.size.map { $0 < 1 << 16 } == true ? 1 << 16 : 1 << 20
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 64)
    defer { buffer.deallocate() }
    while case let count = try file.read(into: buffer), count > 0 {
      data.append(contentsOf: buffer[..<count])
      guard data.count <= maximumBytes else { throw DatasetError.tooLong(path: file.name) }
    }
    return data
  }

  /// Calls `body` with each line, counted from 1, without its end `\n` or `\r\n`.
  ///
  /// - Throws: `DatasetError.malformed` for a line longer than `maximumLineBytes`; what `body` does.
  func forEachLine(_ body: (Int, String) throws -> Void) throws {
    try data.withUnsafeBytes { bytes in
      var (number, start) = (0, 0)
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let hasReturn = end > start && bytes[end - 1] == UInt8(ascii: "\r")
        let line = bytes[start..<(hasReturn ? end - 1 : end)]
        number += 1
        guard line.count <= Self.maximumLineBytes else {
          throw DatasetError.malformed(
            path: name, place: .line(number),
            reason: "it is longer than \(Self.maximumLineBytes >> 20) MiB")
        }
        try body(number, String(decoding: line, as: UTF8.self))
        start = end + 1
      }
    }
  }

  /// Where the first byte stands that does not belong to a character.
  static func firstInvalidOffset(_ data: Data) -> Int? {
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
