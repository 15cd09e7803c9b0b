internal import Foundation
package import Tensors

/// A training run as it stood after a step: every number that the next step depends on, in one
/// safetensors file, which replaces the one before at once or not at all.
///
/// Tensors stand under prefixes, such as `model.` and `optimizer.`; all else is JSON in the file's
/// metadata.
package struct Checkpoint<State: Codable & Sendable>: Sendable {
  package let state: State
  package let file: SafetensorsFile

  private static var key: String { "state" }

  /// Opens a checkpoint.
  ///
  /// - Throws: `WeightError`; `TrainingError.checkpoint` if it was written by another kind of run.
  package init(path: String) throws {
    file = try SafetensorsFile(path: path)
    let data = Data((file.metadata[Self.key] ?? "").utf8)
    do {
      state = try JSONDecoder().decode(State.self, from: data)
    } catch {
      throw TrainingError.checkpoint(
        path: path, reason: "it is not of a run of this kind and version")
    }
  }

  /// The tensors under a prefix.
  package subscript(_ prefix: String) -> WeightReader { WeightReader(file)[prefix] }

  /// Writes a checkpoint.
  ///
  /// - Parameter tensors: by prefix.
  /// - Throws: `FileFailure`.
  package static func write(
    _ state: State, _ tensors: [String: [String: Tensor]], to path: String
  ) throws {
    var all: [String: Tensor] = [:]
    for (prefix, tensors) in tensors {
      for (name, tensor) in tensors { all[prefix + "." + name] = tensor }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let json = String(decoding: try encoder.encode(state), as: UTF8.self)
    try writeSafetensors(all, to: path, metadata: [key: json])
  }
}
