import ArgumentParser
import CaptionTraining
import Imaging

/// Whether and how the encoder is trained along with the decoder.
struct FineTuningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Train the encoder, too, from this layer on, such as layer3, or all of it.",
      valueName: "layer|all"))
  var fineTune: String?

  @Option(
    help: ArgumentHelp(
      "The encoder's highest learning rate (default: a tenth of --rate; --rate for an encoder "
        + "without --weights).", valueName: "rate"), transform: decimalNumber)
  var encoderRate: Float?

  @Option(
    help: """
      Whether the encoder's batch normalisation is frozen (the default) or trained (the default for \
      an encoder without --weights).
      """)
  var batchNorm: BatchNormalization?

  @Option(
    help: ArgumentHelp(
      "Show the encoder parts of photos, of at least this share of their area (default: 0.6; 1 for "
        + "whole photos).", valueName: "share"), transform: decimalNumber)
  var crop: Double?

  @Option(
    help: ArgumentHelp(
      "Change photos' brightness, contrast and saturation by up to this share (default: 0.2).",
      valueName: "share"), transform: decimalNumber)
  var colour: Float?

  @Flag(
    inversion: .prefixedNo,
    help: "Show the encoder, frozen or not, every second photo mirrored (default: --flip).")
  var flip: Bool?

  enum BatchNormalization: String, CaseIterable, ExpressibleByArgument {
    case frozen, trained
  }

  static let all = "all"

  func validate() throws {
    try requires(
      [
        "--encoder-rate": encoderRate, "--batch-norm": batchNorm, "--crop": crop,
        "--colour": colour,
      ], with: "--fine-tune", fineTune != nil)
    guard encoderRate.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw ValidationError("--encoder-rate takes a number above 0.")
    }
    guard crop.map({ $0 > 0 && $0 <= 1 }) ?? true else {
      throw ValidationError("--crop takes a number above 0, of at most 1.")
    }
    guard colour.map({ (0..<1).contains($0) }) ?? true else {
      throw ValidationError("--colour takes a number from 0 to below 1.")
    }
  }

  /// How photos are changed; nil for what was not given.
  var changes: GivenOptions { ["--crop": crop, "--colour": colour, "--flip": flip.map { _ in 1 }] }

  /// Nil where the encoder is not trained.
  var training: CaptioningPlan.EncoderTraining? {
    guard let fineTune else { return nil }
    var result = CaptioningPlan.EncoderTraining()
    result.firstLayer = fineTune == Self.all ? nil : fineTune
    result.rate = encoderRate
    result.freezesNormalization = batchNorm.map { $0 == .frozen }
    result.augmentation.smallestPart = crop ?? result.augmentation.smallestPart
    result.augmentation.colour = colour ?? result.augmentation.colour
    return result
  }
}
