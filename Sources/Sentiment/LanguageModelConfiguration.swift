internal import ModelFiles

/// What the `config.json` of a pre-trained language model says.
package struct LanguageModelConfiguration: Codable, Sendable {
  package let format: Int
  package let kind: String
  package let network: TextNetworkConfiguration
  package let vocabulary: String

  package static let kind = "language-model"

  package init(network: TextNetworkConfiguration) {
    format = 1
    kind = Self.kind
    self.network = network
    vocabulary = ModelFolder.vocabularyFile
  }
}
