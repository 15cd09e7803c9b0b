internal import Foundation

/// The bundled model in a folder of its own, where its configuration may be another.
package final class BundledModelCopy {
  package var path: String { folder.path }
  private let folder: TemporaryFolder

  /// What a bundle consists of besides its configuration.
  package static let files = ["model.safetensors", "nouns.txt", "vocabulary.txt"]

  /// - Parameter change: to the configuration.
  package init(_ change: (inout [String: Any]) -> Void = { _ in }) throws {
    folder = try TemporaryFolder()
    let embedded = projectFolder.appending(path: "data/models/embedded").path
    for name in Self.files {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.path)/\(name)", withDestinationPath: "\(embedded)/\(name)")
    }
    try FileManager.default.copyItem(
      atPath: embedded + "/config.json", toPath: folder.path + "/config.json")
    try configure(change)
  }

  /// Changes the configuration.
  package func configure(_ change: (inout [String: Any]) -> Void) throws {
    let file = URL(filePath: folder.path + "/config.json")
    let parsed = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    var configuration = parsed as? [String: Any] ?? [:]
    let before = configuration
    change(&configuration)
    guard !(configuration as NSDictionary).isEqual(to: before) else { return }
    try JSONSerialization.data(withJSONObject: configuration, options: .sortedKeys).write(to: file)
  }
}
