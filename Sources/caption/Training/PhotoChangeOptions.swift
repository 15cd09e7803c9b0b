import ArgumentParser
import CaptionTraining
import Imaging

/// How photos are changed a little each time that they are learned from.
struct PhotoChangeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "With --fine-tune: show the encoder parts of photos, of at least this share of their area "
        + "(default: 0.6; 1 for whole photos).", valueName: "share"), transform: decimalNumber)
  var crop: Double?

  @Option(
    help: ArgumentHelp(
      "With --fine-tune: change photos' brightness, contrast and saturation by up to this share "
        + "(default: 0.2).", valueName: "share"), transform: decimalNumber)
  var colour: Float?

  @Flag(
    help: "Do not show the encoder, frozen or not, every second photo mirrored.")
  var noFlip = false

  func validate() throws {
    guard crop.map({ $0 > 0 && $0 <= 1 }) ?? true else {
      throw ValidationError("--crop takes a number above 0, of at most 1.")
    }
    guard colour.map({ (0..<1).contains($0) }) ?? true else {
      throw ValidationError("--colour takes a number from 0 to below 1.")
    }
  }

  /// Those that only an encoder that is trained sees.
  var ofFineTuning: GivenOptions { ["--crop": crop, "--colour": colour] }

  /// - Parameter options: gets these changes.
  func apply(to options: inout CaptioningPlan.Options) {
    options.mirrors = !noFlip
    if let crop { options.encoder?.augmentation.smallestPart = crop }
    if let colour { options.encoder?.augmentation.colour = colour }
  }
}
