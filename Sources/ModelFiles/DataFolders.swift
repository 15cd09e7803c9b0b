internal import Foundation

/// Where the program's data lives: models, and lists of words.
///
/// In order: `$CAPTION_HOME`; beside the executable, the package's folder (a build tree) and
/// `../share/caption` (an installation); the working directory.
package struct DataFolders {
  /// Folders of model bundles.
  package let models: [String]
  /// Folders of lists of words, one a line.
  package let vocabularies: [String]

  package static let standard = DataFolders()

  private init() {
    var models: [String] = []
    var vocabularies: [String] = []
    func add(_ root: String, models folder: String) {
      models.append(root + folder)
      vocabularies.append(root + "vocab")
    }
    if let home = ProcessInfo.processInfo.environment["CAPTION_HOME"], !home.isEmpty {
      add(home + "/", models: "models")
    }
    if let executable = try? FileManager.default.destinationOfSymbolicLink(
      atPath: "/proc/self/exe")
    {
      let beside = URL(filePath: executable).deletingLastPathComponent()
      add(beside.appending(path: "../../..").standardized.path + "/", models: "data/models")
      add(beside.appending(path: "../share/caption").standardized.path + "/", models: "models")
    }
    add("", models: "data/models")
    self.models = models
    self.vocabularies = vocabularies
  }

  /// The first existing file of that name among `vocabularies`.
  package func vocabulary(_ name: String) -> String? {
    vocabularies.map { $0 + "/" + name }.first(where: FileManager.default.fileExists)
  }
}
