import ArgumentParser
import Foundation
import Store

/// `caption sentiment list`: what was classified before.
struct SentimentListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Print the results that were kept, the latest texts first.",
    discussion: """
      It prints label, probability, model and text.

      EXAMPLES:
        caption sentiment list
        caption sentiment list --all --json | jq .text
      """)

  @Option(help: ArgumentHelp("Print this many results at most.", valueName: "count"))
  var limit = 20

  @Flag(help: "Print all results.")
  var all = false

  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit takes a number from 1, not \(limit).") }
  }

  func run() throws {
    let results = try storeOptions.with(.read) { try $0.sentiments(limit: all ? nil : limit) }
    try output.print(columns: ["label", "probability", "model", "text"], rows: results) { result in
      [result.label, String(format: "%.4f", result.probability), result.model, result.text]
    }
  }
}
