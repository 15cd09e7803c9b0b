import Datasets
import Foundation
import SystemPackage
import TestSupport

/// A folder of small files.
struct FileFolder {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func write(_ name: String, _ text: String) throws {
    let url = URL(filePath: folder.path).appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func path(_ name: String) -> FilePath { FilePath(folder.path).appending(name) }

  /// What problems say, without the folder's path.
  func sentences(_ problems: [DatasetProblem]) -> [String] {
    problems.map { $0.sentence.replacingOccurrences(of: folder.path + "/", with: "") }
  }
}
