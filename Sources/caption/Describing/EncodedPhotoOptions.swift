import ArgumentParser
import Captioning
import SystemPackage

/// A photo and the encoder that looks at it.
struct EncodedPhotoOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("An image file, or - for standard input."), completion: .file())
  var image: String

  @Option(
    help: ArgumentHelp(
      "The model whose encoder looks at the photo (default: \(ModelBundle.defaultName)).",
      valueName: "name|path"))
  var model: String?

  @OptionGroup private var execution: ThreadOptions
  @OptionGroup private var encoderOptions: EncoderOptions

  func validate() throws {
    guard model == nil || encoderOptions.encoder == nil else {
      throw ValidationError("--model and --encoder exclude each other.")
    }
  }

  /// The files that are read.
  var inputs: [FilePath] {
    [PhotoSource.path(of: image)]
      + [encoderOptions.weights].compactMap { $0 }.map { FilePath(argument: $0) }
  }

  /// The encoder, ready for the photo.
  ///
  /// - Throws: as `EncoderOptions.load`.
  func encoder(for output: EncoderOutput) throws -> PhotoEncoder {
    try encoderOptions.load(
      model: model ?? ModelBundle.defaultName, output: output, threads: execution.threads)
  }

  /// What the encoder makes of the photo.
  ///
  /// - Throws: as `PhotoSource` and `PhotoEncoder.encode`.
  func encoded(by encoder: PhotoEncoder) throws -> EncodedImage {
    let photo = try PhotoSource(argument: image)
    return try encoder.encode(bytes: photo.bytes, name: photo.name)
  }
}
