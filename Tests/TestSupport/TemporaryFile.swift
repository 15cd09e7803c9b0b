package import Foundation

/// A file with the given bytes, deleted when the value goes away.
package final class TemporaryFile {
  package let path: String

  package init(_ bytes: Data, extension: String = "bin") throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "caption-test-\(UUID().uuidString).\(`extension`)").path
    try bytes.write(to: URL(filePath: path))
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}

/// An empty folder, deleted with all in it when the value goes away.
package final class TemporaryFolder {
  package let path: String

  package init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "caption-test-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}
