internal import Foundation
internal import SystemPackage

extension DatasetFile {
  /// Reads a file of text, as far as it can be read.
  ///
  /// - Throws: `DatasetError`, also where it is binary.
  init(textAt path: FilePath) throws {
    try self.init(repairing: path)
    try refuseBinary()
  }

  /// Reads a file of text that, if it is neither UTF-8 nor begins with a mark of UTF-16, is
  /// Windows-1252.
  ///
  /// - Throws: `DatasetError`, also where it is binary.
  init(windows1252At path: FilePath) throws {
    let (data, name) = (try Self.readAll(path), String(decoding: path))
    switch data.withUnsafeBytes({ TextEncoding.mark(of: $0)?.encoding }) {
    case .utf16LittleEndian, .utf16BigEndian: try self.init(repairing: data, name: name)
    case .utf8, .windows1252, nil:
      do {
        try self.init(data: data, name: name)
      } catch DatasetError.malformed {
        try self.init(data: Windows1252.utf8(data), name: name)
      }
    }
    try refuseBinary()
  }

  /// - Throws: `DatasetError.malformed` where a byte is zero: no text has any.
  func refuseBinary() throws {
    let offset = data.withUnsafeBytes { $0.firstIndex(of: 0) }
    guard let offset else { return }
    if let encoding = data.withUnsafeBytes({ TextEncoding.utf16WithoutMark($0) }) {
      throw DatasetError.malformed(
        path: name, place: .whole,
        reason: "it is UTF-16 without a byte order mark; “iconv -f \(encoding) -t UTF-8” makes "
          + "UTF-8 of it")
    }
    let line = 1 + data.prefix(offset).count { $0 == UInt8(ascii: "\n") }
    throw DatasetError.malformed(
      path: name, place: .line(line), reason: "it has a zero byte: this is no text")
  }
}

/// A line of a file that is read as its lines come: each byte that is not UTF-8 is taken for
/// Windows-1252.
package func repairedLine(_ bytes: some Collection<UInt8>) -> String {
  String(decoding: RepairedText(Data(bytes), name: "").utf8, as: UTF8.self)
}

extension FilePath {
  /// Whether there is a folder, links followed.
  var isFolder: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: string, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
