import ArgumentParser
import Store

/// `caption dataset remove`: forgets a dataset.
struct DatasetRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract:
      "Remove a dataset from the store; its files, and models’ captions of its photos, stay.",
    discussion: """
      EXAMPLE:
        caption dataset remove flickr8k
      """)

  @Argument(help: "The dataset.")
  var name: String

  @Flag(help: "Remove the evaluations that were made with it, too.")
  var withRuns = false

  @OptionGroup var store: StoreOptions

  func run() throws {
    let evaluations = try store.with(.write) {
      try $0.removeDataset(named: name, withRuns: withRuns)
    }
    if evaluations > 0 { note("\(evaluations) evaluations went with it") }
  }
}
