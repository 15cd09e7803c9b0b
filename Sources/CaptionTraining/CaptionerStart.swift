public import Captioning
package import Language
internal import ModelFiles
internal import NeuralNet
internal import Tensors
internal import Training

/// What training a captioner begins with.
public enum CaptionerStart: Sendable {
  /// A model to go on from, with its encoder, decoder and words.
  case model(ModelBundle)
  /// A new decoder, which has everything to learn.
  case new(NewCaptioner)

  public var decoder: DecoderConfiguration {
    switch self {
    case .model(let bundle): bundle.configuration.decoder
    case .new(let new): new.decoder
    }
  }
}

/// A captioner with a new decoder.
public struct NewCaptioner: Sendable {
  public var decoder: DecoderConfiguration
  /// How often a word must occur in the training captions to be known.
  public var minimumCount = 5
  /// The words, instead of those of the training captions.
  package var words: WordList?
  package var encoder: EncoderSource
  private let decoding: DecodingOptions

  /// A new decoder with attention.
  ///
  /// - Parameter model: whose encoder looks at the photos.
  public init(encoderOf model: ModelBundle) {
    self.init(EncoderSource(model), decoding: model.configuration.decoding)
  }

  package init(_ encoder: EncoderSource, decoding: DecodingOptions = DecodingOptions()) {
    decoder = DecoderConfiguration(attention: 256, embedding: 256, hidden: 512)
    self.encoder = encoder
    self.decoding = decoding
  }

  /// Whether the encoder has random parameters, and so everything to learn.
  var hasRandomEncoder: Bool { encoder.weights.source is InitialWeights }

  /// - Throws: `VocabularyError`.
  fileprivate func model(
    _ name: String, _ photos: CaptionedPhotos, maximumLength: Int?
  ) throws -> CaptionModel {
    let vocabulary: Vocabulary
    if let words {
      vocabulary = try CaptionWords.vocabulary(words.words, file: ModelFolder.vocabularyFile)
    } else {
      var words = CaptionWords()
      for photo in photos.training { words.add(photo.captions) }
      vocabulary = try words.vocabulary(atLeast: minimumCount, file: ModelFolder.vocabularyFile)
    }
    var decoding = decoding
    decoding.maximumLength = maximumLength ?? decoding.maximumLength
    // Other words may be special in another vocabulary.
    decoding.neverEmit = nil
    return CaptionModel(
      name: name, encoder: encoder, decoder: decoder, vocabulary: vocabulary, decoding: decoding)
  }
}

extension CaptionerStart {
  /// The model that learning begins with.
  ///
  /// - Parameters:
  ///   - photos: whose training captions have the words of a new model.
  ///   - maximumLength: the most tokens of a caption, its end included; nil for what suits the model.
  /// - Throws: `VocabularyError`; `TrainingError.options` where the model's decoder cannot be
  ///   trained.
  func model(
    _ name: String, _ photos: CaptionedPhotos, maximumLength: Int?
  ) throws -> CaptionModel {
    switch self {
    case .model(let bundle):
      try CaptionModel(name: name, bundle: bundle, maximumLength: maximumLength)
    case .new(let new): try new.model(name, photos, maximumLength: maximumLength)
    }
  }

  var hasRandomEncoder: Bool {
    if case .new(let new) = self { new.hasRandomEncoder } else { false }
  }

  /// The parameters to begin with.
  ///
  /// - Parameters:
  ///   - model: as `model` gives it.
  ///   - set: whose images it is to see.
  ///   - seed: of a new decoder.
  /// - Throws: `WeightError`; as `FineTuning.encoder`.
  func network<Network: DecoderNetwork>(
    _ model: CaptionModel, _ set: CaptionSet, _ fineTuning: FineTuning?, seed: UInt64
  ) throws -> CaptioningNetwork<Network> {
    let encoder = try fineTuning?.encoder(model.encoder, output: model.output)
    let channels =
      switch set.images {
      case .features(let features): features.channels
      case .photos: encoder?.channels(of: model.output) ?? 0
      }
    let words = model.vocabulary.count
    if case .model(let bundle) = self {
      return CaptioningNetwork(
        try Network(
          model.decoder, channels: channels, vocabularySize: words,
          weights: WeightReader(bundle.weights)["decoder"]), encoder: encoder)
    }
    var random = SeededRandom(seed: seed)
    return CaptioningNetwork(
      Network(model.decoder, channels: channels, vocabularySize: words, random: &random),
      encoder: encoder)
  }
}
