import ArgumentParser
import Store

/// `caption dataset list`: the datasets in the store.
struct DatasetListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the datasets in the store.",
    discussion: """
      It prints name, format, the number of photos and of captions, the splits with their photos, \
      and the time of the import.

      EXAMPLES:
        caption dataset list
        caption dataset list --json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let datasets = try store.with(.read) { try $0.datasets() }
    try output.print(
      columns: ["name", "format", "photos", "captions", "splits", "imported"], rows: datasets
    ) { dataset in
      [
        dataset.name, dataset.format, "\(dataset.splits.reduce(0) { $0 + $1.photos })",
        "\(dataset.splits.reduce(0) { $0 + $1.captions })",
        dataset.splits.map { "\($0.name) \($0.photos)" }.joined(separator: ", "),
        dataset.importedAt,
      ]
    }
  }
}
