internal import Foundation
package import Language
package import ModelFiles
internal import NeuralNet
internal import Tensors
internal import Training

/// What the training of a text model begins with: words, sizes and parameters, of another model or
/// new.
package struct TextModelStart: Sendable {
  package let reader: WordReader
  package let network: TextNetworkConfiguration
  /// The labels of a classifier that is trained on; nil otherwise.
  package let labels: [String]?
  private let weights: SafetensorsFile?

  /// A new model.
  package init(words: WordList, network: TextNetworkConfiguration) {
    reader = WordReader(words: words, buckets: network.buckets)
    self.network = network
    labels = nil
    weights = nil
  }

  /// A classifier or a language model.
  ///
  /// - Throws: `ModelFolderError`, `VocabularyError`, `WeightError`.
  package init(_ folder: ModelFolder) throws {
    let vocabulary: String
    if try folder.kind == SentimentConfiguration.kind {
      let found = try folder.configuration(
        SentimentConfiguration.self, kind: SentimentConfiguration.kind)
      (network, vocabulary, labels) = (found.network, found.vocabulary, found.labels)
    } else {
      let found = try folder.configuration(
        LanguageModelConfiguration.self, kind: LanguageModelConfiguration.kind)
      (network, vocabulary, labels) = (found.network, found.vocabulary, nil)
    }
    if let fault = network.fault { throw folder.invalid(fault) }
    let words = try WordList(path: folder.file(vocabulary))
    reader = WordReader(words: words, buckets: network.buckets)
    weights = try SafetensorsFile(path: folder.weightsPath)
  }

  /// A classifier to train: a classifier of the same labels as it is, a language model's encoder
  /// under a new head, or all new.
  ///
  /// - Parameters:
  ///   - pooling, heads: of a new head; nil for those of the network.
  ///   - vectors: of words, instead of those that the model has.
  /// - Throws: `WeightError`.
  /// - Precondition: the vectors have the size of the network's.
  package func classifier(
    labels: [String], vectors: WordVectors? = nil, seed: UInt64
  ) throws -> TextNetwork {
    var random = SeededRandom(seed: seed)
    let words = reader.words.count
    if let weights, self.labels == labels {
      return try TextNetwork(
        WeightReader(weights), network, words: words, classes: labels.count)
    }
    var encoder =
      try weights.map { try TextEncoder(WeightReader($0), network, words: words) }
      ?? TextEncoder(network, words: words, random: &random)
    if let vectors {
      precondition(vectors.size == network.embedding, "vectors of \(vectors.size) numbers")
      encoder.embedding.words.fill(vectors, reader.words)
    }
    return TextNetwork(
      encoder: encoder, network, classes: labels.count, random: &random)
  }
}

extension Embedding {
  /// Replaces the rows of words that have vectors; scaled so that their mean square is that of the
  /// rows of new models.
  fileprivate mutating func fill(_ vectors: WordVectors, _ words: WordList) {
    let all = vectors.vectors.values.reduce(0.0) { sum, vector in
      vector.reduce(sum) { $0 + Double($1) * Double($1) }
    }
    let count = Double(max(1, vectors.vectors.count * vectors.size))
    let scale = Float(0.1 / max(1e-12, (all / count).squareRoot()))
    for (word, vector) in vectors.vectors {
      guard let id = words.id(of: word) else { continue }
      for (index, number) in vector.enumerated() {
        weight.elements[id * size + index] = number * scale
      }
    }
  }
}
