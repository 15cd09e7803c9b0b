import ArgumentParser
import Files
import Foundation
import Store
import SystemPackage

/// `caption diff`: where two models disagree.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Print the photos that two models have captioned in other words.",
    discussion: """
      It prints path, the first model's caption and the second's; the latest caption by each counts. \
      Where several models have one name, the beginning of the hash tells them apart.

      EXAMPLES:
        caption diff --model embedded --model large
        caption diff --model 3fa9c0 --model 81b2d4 --json
      """)

  @Option(
    name: .customLong("model"),
    help: ArgumentHelp(
      "A model's name or the beginning of its hash; twice.", valueName: "name|hash"))
  var models: [String]

  @OptionGroup var album: AlbumOptions
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard models.count == 2 else {
      throw ValidationError("--model is given twice, not \(models.count) times.")
    }
  }

  func run() throws {
    let differences = try storeOptions.with(.read) { store in
      try store.differences(
        hash(models[0], store), hash(models[1], store), datasets: album.datasets)
    }
    try output.print(columns: ["path", models[0], models[1]], rows: differences) {
      [$0.path.string, $0.first, $0.second]
    }
  }

  private func hash(_ name: String, _ store: Store) throws -> ContentHash {
    let found = try store.models(called: name)
    if found.count == 1 { return found[0].contentHash }
    let choice = try found.isEmpty ? store.models() : found
    let list = choice.map { "\($0.name) (\($0.contentHash.description.prefix(12)))" }
    throw ValidationError(
      "“\(name)” is \(found.isEmpty ? "none" : "more than one") of the store's models: "
        + (list.isEmpty ? "there are none" : list.joined(separator: ", ")) + ".")
  }
}
