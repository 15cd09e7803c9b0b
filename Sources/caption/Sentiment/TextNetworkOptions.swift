import ArgumentParser
import Sentiment

/// The sizes of a new text model.
struct TextNetworkOptions: ParsableArguments {
  @Option(help: "Numbers for each word of a new model (default: 128).")
  var embedding: Int?

  @Option(help: "Numbers of the LSTM's state in each direction (default: 256).")
  var hidden: Int?

  @Option(help: "Layers of LSTM, 1 or 2 (default: 1).")
  var layers: Int?

  @Option(help: "How a new model reads: both ways, or forward only (default: both).")
  var direction: Direction?

  @Option(help: "How the states become an answer: attention, or the last alone.")
  var pooling: StatePooling?

  @Option(help: "Heads of the attention (default: 4).")
  var heads: Int?

  enum Direction: String, CaseIterable, ExpressibleByArgument {
    case both, forward
  }

  /// Whether nothing was given.
  var isEmpty: Bool {
    embedding == nil && hidden == nil && layers == nil && direction == nil && pooling == nil
      && heads == nil
  }

  func validate() throws {
    if let fault = configuration.fault { throw ValidationError("\(fault).") }
    try requires(["--heads": heads], with: "--pooling attention", pooling != .last)
  }

  var configuration: TextNetworkConfiguration {
    var result = TextNetworkConfiguration()
    result.embedding = embedding ?? result.embedding
    result.hidden = hidden ?? result.hidden
    result.layers = layers ?? result.layers
    result.isBidirectional = direction.map { $0 == .both } ?? result.isBidirectional
    result.pooling = pooling ?? result.pooling
    result.heads = heads ?? result.heads
    return result
  }
}

/// Whole numbers above 0 with commas between them.
struct WholeNumbers: ExpressibleByArgument {
  let values: [Int]

  init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let values = numbers.compactMap { $0 }.filter { $0 > 0 && $0 <= 1_000_000 }
    guard !values.isEmpty, values.count == numbers.count else { return nil }
    self.values = values
  }
}
