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

  /// Reads a file of text that, if it is not UTF-8, is Windows-1252.
  ///
  /// - Throws: `DatasetError`, also where it is binary.
  init(windows1252At path: FilePath) throws {
    let (data, name) = (try Self.readAll(path), String(decoding: path))
    do {
      try self.init(data: data, name: name)
    } catch DatasetError.malformed {
      try self.init(data: Windows1252.utf8(data), name: name)
    }
    try refuseBinary()
  }

  /// - Throws: `DatasetError.malformed` where a byte is zero: no text has any.
  func refuseBinary() throws {
    let offset = data.withUnsafeBytes { $0.firstIndex(of: 0) }
    guard let offset else { return }
    let line = 1 + data.prefix(offset).count { $0 == UInt8(ascii: "\n") }
    throw DatasetError.malformed(
      path: name, place: .line(line), reason: "it has a zero byte: this is no text")
  }
}

extension FilePath {
  /// Whether there is a folder, links followed.
  var isFolder: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: string, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
