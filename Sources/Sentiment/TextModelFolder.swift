internal import Foundation
package import Language
internal import ModelFiles
package import Tensors

/// What the `config.json` of a pre-trained language model says.
package struct LanguageModelConfiguration: Codable, Sendable {
  package let format: Int
  package let kind: String
  package let network: TextNetworkConfiguration
  package let vocabulary: String

  static let kind = "language-model"

  package init(network: TextNetworkConfiguration) {
    format = 1
    kind = Self.kind
    self.network = network
    vocabulary = TextModelFolder.vocabularyFile
  }
}

/// The folder of a text model: writes its files.
package struct TextModelFolder {
  package let path: String

  package static let vocabularyFile = "vocabulary.txt"

  package init(path: String) {
    self.path = path
  }

  /// Writes all files of a model; `config.json` last, so that a folder without it is no model yet.
  ///
  /// - Throws: Foundation's error where a file cannot be written.
  package func write(
    _ configuration: some Encodable, words: WordList, tensors: [String: Tensor]
  ) throws {
    let folder = ModelFolder(path: path)
    try Data((words.words.joined(separator: "\n") + "\n").utf8)
      .write(to: URL(filePath: path + "/" + Self.vocabularyFile), options: .atomic)
    try writeSafetensors(tensors, to: folder.weightsPath, precision: .float16)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try (encoder.encode(configuration) + [UInt8(ascii: "\n")])
      .write(to: URL(filePath: folder.configurationPath), options: .atomic)
  }
}
