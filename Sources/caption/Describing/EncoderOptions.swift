import ArgumentParser
import Captioning
import Imaging
import Tensors

/// An image encoder: a model bundle's, or a named architecture with published weights.
struct EncoderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "An architecture instead of the model's own encoder, with --weights.",
      discussion: "One of \(EncoderConfiguration.names.joined(separator: ", ")).",
      valueName: "name"))
  var encoder: String?

  @Option(
    help: ArgumentHelp(
      "The architecture's weights, under the tensor names that they were published with.",
      valueName: "file.safetensors"), completion: .file(extensions: ["safetensors"]))
  var weights: String?

  @Flag(
    help: """
      The weights expect values of mean and deviation 0.5, as torchvision's pretrained GoogLeNet and \
      Inception-v3 do.
      """)
  var transformInput = false

  @Option(
    help: ArgumentHelp(
      "The side of the network's square input, in pixels (default: the network's own).",
      valueName: "pixels"))
  var size: Int?

  @Option(
    help: ArgumentHelp(
      "Stretch the photo to the square, or cut the square from its centre.",
      valueName: "stretch|crop"))
  var geometry: Geometry?

  enum Geometry: String, ExpressibleByArgument, CaseIterable {
    case stretch, crop
  }

  func validate() throws {
    guard weights == nil || encoder != nil else {
      throw ValidationError("--weights goes with --encoder.")
    }
    guard !transformInput || encoder == "googlenet" || encoder == "inception_v3" else {
      throw ValidationError("--transform-input goes with googlenet and inception_v3 only.")
    }
    if let encoder, !EncoderConfiguration.names.contains(encoder) {
      throw ValidationError(
        "There is no encoder “\(encoder)”; there are "
          + EncoderConfiguration.names.joined(separator: ", ") + ".")
    }
    if let size, !(1...4096).contains(size) {
      throw ValidationError("--size takes a number from 1 to 4096, not \(size).")
    }
  }

  /// Whether nothing about the encoder was said.
  var isEmpty: Bool {
    encoder == nil && weights == nil && !transformInput && size == nil && geometry == nil
  }

  /// Whether the encoder has random parameters.
  var isRandom: Bool { encoder != nil && weights == nil }

  /// The encoder with its weights, and what prepares photos for it.
  ///
  /// - Parameters:
  ///   - model: the bundle whose encoder is used where no architecture was named.
  ///   - output: what will be asked of the encoder.
  ///   - threads: on how many threads a photo is encoded.
  /// - Throws: `WeightError`, `CaptioningError`, `VocabularyError`; `ValidationError` if the size or
  ///   the geometry does not go with the model's preprocessing, or the weights are missing.
  func load(model: String, output: EncoderOutput, threads: Int) throws -> PhotoEncoder {
    guard !isRandom else { throw ValidationError("--encoder needs --weights.") }
    return try PhotoEncoder(
      source { try ModelBundle.find(model) }, outputs: [output], threads: threads)
  }

  /// What the encoder is made of.
  ///
  /// - Parameters:
  ///   - seed: of the parameters of an architecture without weights.
  ///   - bundle: whose encoder is used where no architecture was named.
  /// - Throws: `WeightError`, `CaptioningError`; `ValidationError` if the size or the geometry does
  ///   not go with the preprocessing; what `bundle` throws.
  func source(seed: UInt64 = 0, bundle: () throws -> ModelBundle) throws -> EncoderSource {
    guard let encoder else {
      let source = EncoderSource(try bundle())
      return EncoderSource(
        source.configuration, source.weights, try adjusted(source.preprocessing))
    }
    var configuration = try EncoderConfiguration.named(encoder)
    // Absent where it is false, as in models that were imported.
    configuration.transformInput = transformInput ? true : nil
    let weights = try weights.map { WeightReader(try SafetensorsFile(path: $0)) }
    return EncoderSource(
      configuration, weights ?? WeightReader(InitialWeights(seed: seed)),
      try adjusted(configuration.preprocessing))
  }

  /// The preprocessing with `size` and `geometry` as far as they were given.
  ///
  /// - Throws: `ValidationError` if they make no sense with the rest of it.
  private func adjusted(_ preprocessing: PreprocessingConfiguration) throws
    -> PreprocessingConfiguration
  {
    var result = preprocessing
    if let size {
      // The margin around the crop keeps its share.
      result.resize = result.resize.map { max(size, $0 * size / result.width) }
      (result.width, result.height) = (size, size)
    }
    switch geometry {
    case .stretch: (result.geometry, result.resize) = (.stretch, nil)
    case .crop: result.geometry = .crop
    case nil: break
    }
    if let problem = result.problem { throw ValidationError("With these options \(problem).") }
    return result
  }
}
