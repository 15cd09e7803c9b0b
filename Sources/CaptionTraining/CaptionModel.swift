package import Captioning
package import Language
internal import ModelFiles
internal import NeuralNet
package import Tensors
internal import Training

/// What a captioning model is besides its decoder's parameters: which encoder's features it reads,
/// in which words it speaks, and how they are searched for.
package struct CaptionModel: Sendable {
  package let name: String
  package let decoder: DecoderConfiguration
  package let vocabulary: Vocabulary
  package let decoding: DecodingOptions
  private let bundle: ModelBundle

  /// - Parameters:
  ///   - bundle: whose encoder and preprocessing it has.
  ///   - decoder: nil for the bundle's own.
  ///   - vocabulary: nil for the bundle's own; its file's name is `ModelFolder.vocabularyFile`.
  ///   - maximumLength: the most tokens of a caption, its end included; nil for the bundle's own.
  /// - Throws: `TrainingError.options` where the decoder is of a kind that cannot be trained.
  package init(
    name: String, bundle: ModelBundle, decoder: DecoderConfiguration? = nil,
    vocabulary: Vocabulary? = nil, maximumLength: Int? = nil
  ) throws {
    let decoder = decoder ?? bundle.configuration.decoder
    if let reason = decoder.untrainable {
      throw TrainingError.options("\(bundle.folder): its decoder cannot be trained: \(reason)")
    }
    self.name = name
    self.bundle = bundle
    self.decoder = decoder
    var decoding = bundle.configuration.decoding
    if let vocabulary {
      self.vocabulary = vocabulary
      // Other words may be special in another vocabulary.
      decoding.neverEmit = nil
    } else {
      var configuration = bundle.vocabulary.configuration
      configuration.file = ModelFolder.vocabularyFile
      self.vocabulary = try Vocabulary(
        words: bundle.vocabulary.words, configuration: configuration)
    }
    decoding.maximumLength = maximumLength ?? decoding.maximumLength
    self.decoding = decoding
    guard self.vocabulary.configuration.start != nil else {
      throw TrainingError.options("\(bundle.folder): its vocabulary has no start token")
    }
  }

  /// The token that a decoder reads before the first word.
  package var startToken: Int { vocabulary.configuration.start ?? 0 }

  /// The parameters of the bundle's decoder.
  package var decoderWeights: WeightReader { WeightReader(bundle.weights)["decoder"] }

  /// A decoder, to run, of parameters as training has them.
  ///
  /// - Throws: `WeightError` where they are not this model's.
  package func makeDecoder(
    _ tensors: [String: Tensor], channels: Int
  ) throws -> any CaptionDecoder {
    try trained.makeDecoder(
      channels: channels, vocabularySize: vocabulary.count, startToken: startToken,
      weights: WeightReader(TensorDictionary(tensors: tensors)))
  }

  /// The decoder's configuration for parameters as training has them: one bias, the layers' own
  /// order of gates.
  private var trained: DecoderConfiguration {
    var configuration = decoder
    configuration.gateOrder = .inputForgetCandidateOutput
    configuration.biases = 1
    configuration.forgetBias = 0
    return configuration
  }

  /// Writes the whole model; `config.json` last, so that a folder without it is no model yet.
  ///
  /// - Parameters:
  ///   - tensors: the decoder's.
  ///   - scores: by the name of the data that they were measured on.
  /// - Throws: Foundation's error where a file cannot be written; `WeightError`.
  package func write(
    _ tensors: [String: Tensor], scores: [String: ModelConfiguration.Scores]?, to path: String
  ) throws {
    let folder = ModelFolder(path: path)
    var all: [String: Tensor] = [:]
    var isHalf = true
    for (name, entry) in bundle.weights.entries where name.hasPrefix("encoder.") {
      // What counts batches is no parameter.
      guard [.float16, .bfloat16, .float32, .float64].contains(entry.type) else { continue }
      all[name] = try bundle.weights.tensor(name)
      isHalf = isHalf && entry.type == .float16
    }
    for (name, tensor) in tensors { all["decoder." + name] = tensor }
    // The encoder stays as it was to the last bit.
    try writeSafetensors(
      all, to: folder.weightsPath, precision: isHalf ? .float16 : .float32)
    let configuration = ModelConfiguration(
      name: name, encoder: bundle.configuration.encoder,
      preprocessing: bundle.configuration.preprocessing, decoder: trained,
      vocabulary: vocabulary.configuration, decoding: decoding, scores: scores)
    try folder.write(configuration, words: vocabulary.words)
  }
}

extension DecoderConfiguration {
  /// Why a decoder of this kind can be run but not trained; nil where it can.
  fileprivate var untrainable: String? {
    if regionEmbedding != nil { return "it has a layer before the attention" }
    if imageNorm { return "it has batch normalisation after the image" }
    if embeddingActivation != .none { return "it has an activation after the words" }
    if gateOrder.isMaxout { return "its LSTM is a maxout one" }
    if architecture == .showAndTell, !startInput { return "it reads no start token" }
    return nil
  }
}
