import ArgumentParser
import NeuralNet

/// How parameters follow their gradients.
struct OptimizerOptions: ParsableArguments {
  enum Name: String, CaseIterable, ExpressibleByArgument {
    case sgd, adam, adamw
  }

  @Option(help: "Gradient descent with momentum, Adam, or Adam with weight decay apart.")
  var optimizer = Name.adam

  @Option(help: "With --optimizer sgd: how much of a step the next one goes on with.")
  var momentum: Float = 0.9

  @Option(help: "Weight decay.")
  var weightDecay: Float = 0

  @Option(help: "How slowly the average of the parameters, which is the model, follows them.")
  var average: Float = 0.999

  func validate() throws {
    guard (0..<1).contains(momentum), (0..<1).contains(average) else {
      throw ValidationError("--momentum and --average take numbers from 0 to below 1.")
    }
    guard weightDecay >= 0, weightDecay.isFinite else {
      throw ValidationError("--weight-decay takes a number from 0.")
    }
  }

  var method: Optimizer.Method {
    switch optimizer {
    case .sgd: .descent(momentum: momentum)
    case .adam: .adam()
    case .adamw: .adamW()
    }
  }
}
