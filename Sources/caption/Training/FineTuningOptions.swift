import ArgumentParser
import CaptionTraining

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

  enum BatchNormalization: String, CaseIterable, ExpressibleByArgument {
    case frozen, trained
  }

  static let all = "all"

  func validate() throws {
    try requires(
      ["--encoder-rate": encoderRate, "--batch-norm": batchNorm], with: "--fine-tune",
      fineTune != nil)
    guard encoderRate.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw ValidationError("--encoder-rate takes a number above 0.")
    }
  }

  /// Nil where the encoder is not trained.
  var training: CaptioningPlan.EncoderTraining? {
    guard let fineTune else { return nil }
    var result = CaptioningPlan.EncoderTraining()
    result.firstLayer = fineTune == Self.all ? nil : fineTune
    result.rate = encoderRate
    result.freezesNormalization = batchNorm.map { $0 == .frozen }
    return result
  }
}
