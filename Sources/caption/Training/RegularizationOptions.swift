import ArgumentParser
import CaptionTraining

/// What keeps a captioner from learning its captions by heart.
struct RegularizationOptions: ParsableArguments {
  @Option(
    help: "The probability of dropping a number before the logits (default: 0.5; 0 for scores).",
    transform: decimalNumber)
  var dropout: Float?

  @Option(
    help: "The probability of dropping a number of a word (default: 0.3; 0 for scores).",
    transform: decimalNumber)
  var embeddingDropout: Float?

  @Option(help: "Label smoothing.", transform: decimalNumber)
  var labelSmoothing: Float = 0.1

  @Option(
    help: ArgumentHelp(
      "How much it counts that all parts of a photo are looked at.", valueName: "weight"),
    transform: decimalNumber)
  var attentionPenalty: Float = 1

  @Option(help: "Weight decay.", transform: decimalNumber)
  var weightDecay: Float = 0

  @Option(
    help: "How slowly the average of the parameters, which is the model, follows them.",
    transform: decimalNumber)
  var average: Float = 0.999

  func validate() throws {
    let shares: [(String, Float)] = [
      ("--dropout", dropout ?? 0), ("--embedding-dropout", embeddingDropout ?? 0),
      ("--label-smoothing", labelSmoothing), ("--average", average),
    ]
    for (name, value) in shares where !(0..<1).contains(value) {
      throw ValidationError("\(name) takes a number from 0 to below 1.")
    }
    let weights = [("--attention-penalty", attentionPenalty), ("--weight-decay", weightDecay)]
    for (name, value) in weights where !(value >= 0 && value.isFinite) {
      throw ValidationError("\(name) takes a number from 0.")
    }
  }

  /// - Parameter selfCritical: whether the captions are the decoder's own, which are found without
  ///   dropout, so that the gradient is taken without, too.
  func forcing(selfCritical: Bool) -> TeacherForcing {
    var forcing = TeacherForcing()
    forcing.labelSmoothing = labelSmoothing
    forcing.attentionPenalty = attentionPenalty
    forcing.outputDropout = dropout ?? (selfCritical ? 0 : forcing.outputDropout)
    forcing.embeddingDropout = embeddingDropout ?? (selfCritical ? 0 : forcing.embeddingDropout)
    return forcing
  }
}
