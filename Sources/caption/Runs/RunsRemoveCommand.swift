import ArgumentParser
import Evaluation
import Store

/// `caption runs remove`: forgets an evaluation.
struct RunsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove an evaluation; the captions stay.",
    discussion: """
      EXAMPLE:
        caption runs remove 7
      """)

  @Argument(help: ArgumentHelp("The run’s number.", valueName: "run"))
  var number: Int64

  @OptionGroup var store: StoreOptions

  func run() throws {
    try store.with(.write) { store in
      guard try store.removeEvaluation(number) else {
        throw EvaluationError.noRun(number, newNumber: try store.evaluation(ofStoreRun: number))
      }
    }
  }
}
