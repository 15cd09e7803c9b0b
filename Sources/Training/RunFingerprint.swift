package import Files
internal import Foundation
package import NeuralNet
internal import Tensors

/// What must stay the same for a run to go on from its checkpoint: the options that count, as they
/// are, and the hash of all that it learns from.
package enum RunFingerprint {
  /// Counts up when what is hashed changes, so that no run is said to be of other data for that.
  private static let version = 2

  private struct Contents<Options: Encodable>: Encodable {
    let version: Int
    let options: Options
    let data: ContentHash
  }

  private struct Version: Decodable {
    var version: Int?
  }

  /// The fingerprint as checkpoints keep it: JSON in one line.
  ///
  /// - Throws: `EncodingError` where an option is no number.
  package static func text(options: some Encodable, data: DataHash) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let contents = Contents(version: version, options: options, data: data.value)
    return String(decoding: try encoder.encode(contents), as: UTF8.self)
  }

  /// Whether a fingerprint was written by a version that noted something else.
  static func isOfOtherVersion(_ text: String) -> Bool {
    let found = try? JSONDecoder().decode(Version.self, from: Data(text.utf8))
    return found.map { $0.version != version } ?? false
  }
}

/// A hash of data, piece by piece. Each piece counts with its length, so that nothing that moves from
/// one to the next leaves the hash as it was.
package struct DataHash {
  private var bytes: [UInt8] = []

  package init() {}

  package mutating func add(_ text: String) { add(Array(text.utf8)) }

  package mutating func add(_ texts: [String]) {
    add([texts.count])
    for text in texts { add(text) }
  }

  package mutating func add(_ lists: [[String]]) {
    add([lists.count])
    for texts in lists { add(texts) }
  }

  /// Adds numbers as they lie in memory.
  package mutating func add(_ numbers: [some BitwiseCopyable]) {
    withUnsafeBytes(of: numbers.count) { bytes += $0 }
    numbers.withUnsafeBytes { bytes += $0 }
    // What was there stands for itself, so that no copy of all data is held.
    if bytes.count > 1 << 20 { bytes = value.bytes }
  }

  /// Adds all parameters of a model.
  package mutating func add(_ model: some Trainable) {
    for (name, tensor) in model.tensors.sorted(by: { $0.key < $1.key }) {
      add(name)
      add(tensor.shape.extents)
      add(tensor.elements)
    }
  }

  package var value: ContentHash { ContentHash(of: bytes) }
}
