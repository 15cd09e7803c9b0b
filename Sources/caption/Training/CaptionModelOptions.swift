import ArgumentParser
import CaptionTraining
import Captioning
import Language

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

  /// What learning begins with.
  ///
  /// - Parameter seed: of an encoder without weights.
  /// - Throws: `ModelFolderError`, `WeightError`, `CaptioningError`, `VocabularyError`.
  func start(seed: UInt64) throws -> CaptionerStart {
    if let from { return .model(try ModelBundle.find(from)) }
    var decoding = DecodingOptions()
    let source = try encoder.source(seed: seed) {
      let bundle = try ModelBundle.find(model ?? ModelBundle.defaultName)
      decoding = bundle.configuration.decoding
      return bundle
    }
    var new = NewCaptioner(source, decoding: decoding)
    new.decoder = decoder.configuration
    new.minimumCount = decoder.minimumCount ?? new.minimumCount
    new.words = try decoder.vocabulary.map { try WordList(path: $0) }
    return .new(new)
  }
}
