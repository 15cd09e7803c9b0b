import ArgumentParser

/// How far a step goes: shared by all commands that train.
struct StepSizeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The highest learning rate.", valueName: "rate"), transform: decimalNumber)
  var rate: Float?

  @Option(
    help: ArgumentHelp(
      "Shorten gradients to this Euclidean norm; 0 leaves them.", valueName: "norm"),
    transform: decimalNumber)
  var clip = 1.0

  /// The norm that gradients are shortened to.
  var clipNorm: Double { clip == 0 ? .greatestFiniteMagnitude : clip }

  func validate() throws {
    guard rate.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw ValidationError("--rate takes a number above 0.")
    }
    guard clip >= 0 else { throw ValidationError("--clip takes a number from 0.") }
  }
}
