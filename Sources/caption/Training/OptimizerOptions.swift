import ArgumentParser
import NeuralNet

/// How parameters follow their gradients.
struct OptimizerOptions: ParsableArguments {
  enum Name: String, CaseIterable, ExpressibleByArgument {
    case sgd, adam, adamw
  }

  @Option(help: "Gradient descent with momentum, Adam, or Adam with weight decay apart.")
  var optimizer = Name.adam

  @Option(
    help: "With --optimizer sgd: how much of a step the next one goes on with.",
    transform: decimalNumber)
  var momentum: Float = 0.9

  func validate() throws {
    guard (0..<1).contains(momentum) else {
      throw ValidationError("--momentum takes a number from 0 to below 1.")
    }
  }

  var method: Optimizer.Method {
    switch optimizer {
    case .sgd: .descent(momentum: momentum)
    case .adam: .adam()
    case .adamw: .adamW()
    }
  }

  /// The learning rate where none is given.
  var defaultRate: Float { optimizer == .sgd ? 0.1 : 1e-3 }
}
