import ArgumentParser
import Training

/// What keeps a model from learning its data by heart: shared by the commands that train on captions
/// or labels.
struct RegularizationOptions<Usual: UsualRegularization>: ParsableArguments {
  @Option(
    help: "The probability of dropping a number of the LSTM's states (default: \(Usual.dropout)).",
    transform: decimalNumber)
  var dropout: Float?

  @Option(
    help: "The probability of dropping a number of a word (default: \(Usual.embeddingDropout)).",
    transform: decimalNumber)
  var embeddingDropout: Float?

  @Option(help: "Label smoothing (default: \(Usual.labelSmoothing)).", transform: decimalNumber)
  var labelSmoothing: Float?

  @Option(help: "Weight decay (default: 0).", transform: decimalNumber)
  var weightDecay: Float?

  @Option(
    help: """
      How slowly the average of the parameters, which is the model, follows them (default: \
      \(Usual.average)).
      """, transform: decimalNumber)
  var average: Float?

  func validate() throws {
    let shares = [
      ("--dropout", dropout), ("--embedding-dropout", embeddingDropout),
      ("--label-smoothing", labelSmoothing), ("--average", average),
    ]
    for case (let name, let value?) in shares where !(0..<1).contains(value) {
      throw ValidationError("\(name) takes a number from 0 to below 1.")
    }
    guard weightDecay.map({ $0 >= 0 && $0.isFinite }) ?? true else {
      throw ValidationError("--weight-decay takes a number from 0.")
    }
  }

  var regularization: Regularization {
    var result = Regularization()
    result.dropout = dropout
    result.embeddingDropout = embeddingDropout
    result.labelSmoothing = labelSmoothing
    result.weightDecay = weightDecay
    result.average = average
    return result
  }
}

/// What help texts say of a kind of model's usual regularization.
protocol UsualRegularization {
  static var dropout: String { get }
  static var embeddingDropout: String { get }
  static var labelSmoothing: Float { get }
  static var average: Float { get }
}
