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
  package let encoder: EncoderSource
  package let decoder: DecoderConfiguration
  package let vocabulary: Vocabulary
  package let decoding: DecodingOptions

  /// A model with a new decoder.
  ///
  /// - Parameter vocabulary: its file's name is `ModelFolder.vocabularyFile`.
  /// - Precondition: the decoder can be trained, and the vocabulary has a start token.
  package init(
    name: String, encoder: EncoderSource, decoder: DecoderConfiguration, vocabulary: Vocabulary,
    decoding: DecodingOptions
  ) {
    precondition(
      decoder.untrainable == nil && vocabulary.configuration.start != nil,
      decoder.untrainable ?? "no start token")
    self.name = name
    self.encoder = encoder
    self.decoder = decoder
    self.vocabulary = vocabulary
    self.decoding = decoding
  }

  /// A model that goes on from another.
  ///
  /// - Parameter maximumLength: the most tokens of a caption, its end included; nil for the bundle's.
  /// - Throws: `TrainingError.options` where the bundle's decoder is of a kind that cannot be
  ///   trained.
  package init(name: String, bundle: ModelBundle, maximumLength: Int? = nil) throws {
    if let reason = bundle.configuration.decoder.untrainable {
      throw TrainingError.options("\(bundle.folder): its decoder cannot be trained: \(reason)")
    }
    var words = bundle.vocabulary.configuration
    words.file = ModelFolder.vocabularyFile
    guard words.start != nil else {
      throw TrainingError.options("\(bundle.folder): its vocabulary has no start token")
    }
    var decoding = bundle.configuration.decoding
    decoding.maximumLength = maximumLength ?? decoding.maximumLength
    self.init(
      name: name, encoder: EncoderSource(bundle), decoder: bundle.configuration.decoder,
      vocabulary: try Vocabulary(words: bundle.vocabulary.words, configuration: words),
      decoding: decoding)
  }

  /// The token that a decoder reads before the first word.
  package var startToken: Int { vocabulary.configuration.start ?? 0 }

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

  /// What the decoder reads of an image.
  package var output: EncoderOutput { decoder.architecture == .attention ? .map : .embedding }

  /// Writes the whole model; `config.json` last, so that a folder without it is no model yet.
  ///
  /// - Parameters:
  ///   - decoder: the decoder's parameters.
  ///   - encoder: the encoder's; nil for those that it began with.
  ///   - scores: by the name of the data that they were measured on.
  /// - Throws: Foundation's error where a file cannot be written; `WeightError`.
  package func write(
    decoder tensors: [String: Tensor], encoder trainedEncoder: [String: Tensor]?,
    scores: [String: ModelConfiguration.Scores]?, to path: String
  ) throws {
    let folder = ModelFolder(path: path)
    var all: [String: Tensor] = [:]
    for (name, tensor) in try trainedEncoder ?? encoder.tensors() {
      all["encoder." + name] = tensor
    }
    for (name, tensor) in tensors { all["decoder." + name] = tensor }
    // An encoder that was not trained stays as it was to the last bit.
    try writeSafetensors(all, to: folder.weightsPath, precision: encoder.precision)
    let configuration = ModelConfiguration(
      name: name, encoder: encoder.configuration, preprocessing: encoder.preprocessing,
      decoder: trained, vocabulary: vocabulary.configuration, decoding: decoding, scores: scores)
    try folder.write(configuration, words: vocabulary.words)
  }
}

extension DecoderConfiguration {
  /// Why a decoder of this kind can be run but not trained; nil where it can.
  fileprivate var untrainable: String? {
    if imageNorm { return "it has batch normalisation after the image" }
    if embeddingActivation != .none { return "it has an activation after the words" }
    if gateOrder.isMaxout { return "its LSTM is a maxout one" }
    if architecture == .showAndTell, !startInput { return "it reads no start token" }
    return nil
  }
}
