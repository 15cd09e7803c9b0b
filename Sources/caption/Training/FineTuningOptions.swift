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

  @Flag(inversion: .prefixedNo, help: "Show the encoder every second photo mirrored.")
  var flip = true

  enum BatchNormalization: String, CaseIterable, ExpressibleByArgument {
    case frozen, trained
  }

  static let all = "all"

  func validate() throws {
    guard fineTune != nil || encoderRate == nil && batchNorm == nil && crop == nil && colour == nil
    else {
      throw ValidationError(
        "--encoder-rate, --batch-norm, --crop and --colour go with --fine-tune.")
    }
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

  /// - Parameters:
  ///   - rate: the decoder's highest learning rate.
  ///   - isRandom: whether the encoder has nothing to lose.
  /// - Returns: nil where the encoder is not trained.
  func fineTuning(rate: Float, isRandom: Bool) -> FineTuning? {
    guard let fineTune else { return nil }
    var augmentation = ImageAugmentation()
    augmentation.smallestPart = crop ?? augmentation.smallestPart
    augmentation.colour = colour ?? augmentation.colour
    if !flip { augmentation.flipProbability = 0 }
    var result = FineTuning()
    result.firstLayer = fineTune == Self.all ? nil : fineTune
    result.rateFactor = encoderRate.map { $0 / rate } ?? (isRandom ? 1 : result.rateFactor)
    result.freezesNormalization = batchNorm.map { $0 == .frozen } ?? !isRandom
    result.augmentation = augmentation
    return result
  }
}
