internal import Foundation
internal import Tensors

/// The bundled model with a classifier that finds the first class in every photo.
package final class NamingModel {
  package var path: String { folder.path }
  private let folder: TemporaryFolder

  /// - Parameters:
  ///   - lines: the nouns of each class.
  ///   - naming: what `config.json` says besides the file of the nouns.
  ///   - classes: how many classes the classifier tells apart, 0 for no classifier. The first has the
  ///     probability e⁶ / (e⁶ + classes − 1).
  package init(
    lines: [String], naming: [String: Any] = ["threshold": 0.7], classes: Int = 2
  ) throws {
    folder = try TemporaryFolder()
    let embedded = projectFolder.appending(path: "data/models/embedded")
    let folder = URL(filePath: folder.path)
    let weights = try SafetensorsFile(path: embedded.appending(path: "model.safetensors").path)
    var tensors: [String: Tensor] = [:]
    for name in weights.entries.keys { tensors[name] = try weights.tensor(name) }
    let (weight, bias) = ("encoder._fc.weight", "encoder._fc.bias")
    (tensors[weight], tensors[bias]) = (nil, nil)
    if classes > 0 {
      tensors[weight] = Tensor(repeating: 0, [classes, 1280])
      tensors[bias] = Tensor([classes], (0..<classes).map { $0 == 0 ? 6 : 0 })
    }
    // In half precision, as they were.
    try writeSafetensors(
      tensors, to: folder.appending(path: "model.safetensors").path, precision: .float16)
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "vocabulary.txt"),
      withDestinationURL: embedded.appending(path: "vocabulary.txt"))
    try lines.map { $0 + "\n" }.joined().write(
      to: folder.appending(path: "nouns.txt"), atomically: true, encoding: .utf8)
    let bytes = try Data(contentsOf: embedded.appending(path: "config.json"))
    var configuration = try JSONSerialization.jsonObject(with: bytes) as? [String: Any] ?? [:]
    configuration["naming"] = naming.merging(["nouns": "nouns.txt"]) { own, _ in own }
    // Sorted, so that equal models are equal files.
    try JSONSerialization.data(withJSONObject: configuration, options: .sortedKeys).write(
      to: folder.appending(path: "config.json"))
  }
}
