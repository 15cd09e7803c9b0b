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

  @OptionGroup var length: LengthOptions<Usual>

  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var output: OutputOptions

  enum Usual: UsualLength {
    static let limit = 20
    static let rows = "results"
  }

  func run() throws {
    let results = try storeOptions.with(.read) { try $0.sentiments(limit: length.limit) }
    try output.print(columns: ["label", "probability", "model", "text"], rows: results) { result in
      [result.label, String(format: "%.4f", result.probability), result.model, result.text]
    }
  }
}
