import ArgumentParser
import Captioning
import SystemPackage

/// A photo and the encoder that looks at it.
struct EncodedPhotoOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("An image file, or - for standard input."), completion: .file())
  var image: String

  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup private var encoderOptions: EncoderOptions

  /// The files that are read.
  var inputs: [FilePath] {
    [PhotoSource.path(of: image)]
      + [encoderOptions.weights].compactMap { $0 }.map { FilePath(argument: $0) }
  }

  /// The encoder, ready for the photo.
  ///
  /// - Throws: as `EncoderOptions.load`.
  func encoder(for output: EncoderOutput) throws -> PhotoEncoder {
    try encoderOptions.load(model: runtime.model, output: output, threads: runtime.threads)
  }

  /// What the encoder makes of the photo.
  ///
  /// - Throws: as `PhotoSource` and `PhotoEncoder.encode`.
  func encoded(by encoder: PhotoEncoder) throws -> EncodedImage {
    let photo = try PhotoSource(argument: image)
    return try encoder.encode(bytes: photo.bytes, name: photo.name)
  }
}
