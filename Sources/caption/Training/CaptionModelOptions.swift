import ArgumentParser
import CaptionTraining
import Captioning
import Language
import ModelFiles
import NeuralNet
import Tensors

/// Which captioner learns: an encoder and a decoder, new or of other models.
struct CaptionModelOptions: ParsableArguments {
  @OptionGroup(title: "Decoder") var decoder: DecoderOptions
  @OptionGroup(title: "Encoder") var encoder: EncoderOptions
  @OptionGroup(title: "Encoder") var fineTuning: FineTuningOptions

  @Option(
    help: ArgumentHelp(
      "The model whose encoder looks at the photos (default: \(ModelBundle.defaultName)).",
      valueName: "name|path"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "A model to go on from, with its encoder, decoder and words.", valueName: "name|path"))
  var from: String?

  @Option(
    help: ArgumentHelp(
      "The most tokens of a caption, its end included; longer ones are cut.", valueName: "count"))
  var maximumLength: Int?

  func validate() throws {
    guard (2...1000).contains(maximumLength ?? 2) else {
      throw ValidationError("--maximum-length takes a number from 2 to 1000.")
    }
    guard from == nil || decoder.isEmpty && encoder.isEmpty && model == nil else {
      throw ValidationError("With --from, encoder, decoder and words are that model's.")
    }
    guard model == nil || encoder.encoder == nil else {
      throw ValidationError("--model and --encoder exclude each other.")
    }
    guard !encoder.isRandom || fineTuning.fineTune != nil else {
      throw ValidationError(
        "An encoder without --weights has everything to learn: add --fine-tune all.")
    }
  }

  /// The model that learning begins with.
  ///
  /// - Parameters:
  ///   - photos: whose training captions have the words of a new model.
  ///   - seed: of an encoder without weights.
  /// - Throws: `ModelFolderError`, `WeightError`, `CaptioningError`, `VocabularyError`;
  ///   `TrainingError.options` where the model's decoder cannot be trained.
  func start(_ name: String, _ photos: TrainingPhotos, seed: UInt64) throws -> CaptionStart {
    if let from {
      let bundle = try ModelBundle.find(from)
      return CaptionStart(
        model: try CaptionModel(name: name, bundle: bundle, maximumLength: maximumLength),
        bundle: bundle)
    }
    let vocabulary: Vocabulary
    if let path = decoder.vocabulary {
      vocabulary = try CaptionWords.vocabulary(
        WordList(path: path).words, file: ModelFolder.vocabularyFile)
    } else {
      var words = CaptionWords()
      for photo in photos.training { words.add(photo.references) }
      vocabulary = try words.vocabulary(
        atLeast: decoder.minimumCount ?? 5, file: ModelFolder.vocabularyFile)
    }
    var decoding = DecodingOptions()
    let source = try encoder.source(seed: seed) {
      let bundle = try ModelBundle.find(model ?? ModelBundle.defaultName)
      decoding = bundle.configuration.decoding
      return bundle
    }
    decoding.maximumLength = maximumLength ?? decoding.maximumLength
    // Other words may be special in another vocabulary.
    decoding.neverEmit = nil
    return CaptionStart(
      model: CaptionModel(
        name: name, encoder: source, decoder: decoder.configuration, vocabulary: vocabulary,
        decoding: decoding),
      bundle: nil)
  }

  /// What is learnt from: what the encoder sees of the photos, or the photos where it learns, too.
  ///
  /// - Parameter augments: whether a frozen encoder sees photos mirrored, too, if that is wanted.
  /// - Throws: as `TrainingPhotos.encoded` and `TrainingPhotos.readable`.
  func sets(
    of photos: TrainingPhotos, _ model: CaptionModel, _ cache: FeatureCache,
    _ session: SessionOptions, augments: Bool
  ) throws -> TrainingPhotos.Sets {
    if fineTuning.fineTune != nil {
      return try photos.readable(model.encoder.preprocessing, session)
    }
    let mirrored =
      augments && fineTuning.flip
      ? try FeatureExtractor(model.encoder, output: model.output, isMirrored: true) : nil
    return try photos.encoded(
      FeatureExtractor(model.encoder, output: model.output), mirrored: mirrored, cache, session)
  }

  /// - Parameter rate: the decoder's highest learning rate.
  /// - Returns: nil where the encoder is frozen.
  func fineTuning(rate: Float) -> FineTuning? {
    fineTuning.fineTuning(rate: rate, isRandom: encoder.isRandom)
  }
}

/// A captioner as learning begins.
struct CaptionStart {
  let model: CaptionModel
  /// The model that it goes on from.
  let bundle: ModelBundle?

  /// The parameters to begin with.
  ///
  /// - Parameters:
  ///   - set: whose images it is to see.
  ///   - seed: of a new decoder.
  /// - Throws: `WeightError`; as `FineTuning.encoder`.
  func network<Network: DecoderNetwork>(
    _ set: CaptionSet, _ fineTuning: FineTuning?, seed: UInt64
  ) throws -> CaptioningNetwork<Network> {
    let encoder = try fineTuning?.encoder(model.encoder, output: model.output)
    let channels =
      switch set.images {
      case .features(let features): features.channels
      case .photos: encoder?.channels(of: model.output) ?? 0
      }
    let words = model.vocabulary.count
    if let bundle {
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
