import ArgumentParser
import Training

/// How parameters follow their gradients.
struct OptimizerOptions: ParsableArguments {
  enum Name: String, CaseIterable, ExpressibleByArgument {
    case sgd, adam, adamw
  }

  @Option(help: "Gradient descent with momentum, Adam, or Adam with weight decay apart.")
  var optimizer = Name.adam

  @Option(
    help: "With --optimizer sgd: how much of a step the next one goes on with (default: 0.9).",
    transform: decimalNumber)
  var momentum: Float?

  func validate() throws {
    guard momentum.map({ (0..<1).contains($0) }) ?? true else {
      throw ValidationError("--momentum takes a number from 0 to below 1.")
    }
    try requires(["--momentum": momentum], with: "--optimizer sgd", optimizer == .sgd)
  }

  var method: TrainingMethod {
    switch optimizer {
    case .sgd: momentum.map { .sgd(momentum: $0) } ?? .sgd()
    case .adam: .adam
    case .adamw: .adamW
    }
  }
}
