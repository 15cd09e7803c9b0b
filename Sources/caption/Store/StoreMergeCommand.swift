import ArgumentParser
import Store
import SystemPackage

/// `caption store merge`: all that other stores know.
struct StoreMergeCommand: ParsableCommand, TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Enter all that other stores know.",
    discussion: """
      The other stores are only read. Of two captions by the same model and settings the newer \
      stays; merging twice changes nothing. Captions that have no sentiment get the other \
      store's. Datasets, evaluations and what was written into photos stay behind.

      EXAMPLE:
        caption store merge part-1.sqlite part-2.sqlite --store all.sqlite
      """)

  @Argument(
    help: ArgumentHelp("Stores.", valueName: "file.sqlite"),
    completion: .file(extensions: ["sqlite"]))
  var arguments: [ArgumentRun]
  var others: [String] { arguments.flatMap(\.arguments) }

  @OptionGroup var store: StoreOptions

  func run() throws {
    try store.with(.create) { store in
      for other in others {
        let (before, after) = try merged(FilePath(other), into: store)
        try printLine(Table.escaped(other) + "\t" + gains(before, after))
      }
    }
  }

  private func merged(
    _ other: FilePath, into store: Store
  ) throws -> (before: StoreCounts, after: StoreCounts) {
    do {
      return try store.merge(other)
    } catch let error as StoreError {
      guard case .damaged(other, _) = error else { throw error }
      throw HintedFailure(failure: error, hint: "“caption store check --fix” sets it aside")
    }
  }

  private func gains(_ before: StoreCounts, _ after: StoreCounts) -> String {
    let gains = zip(before.rows, after.rows).compactMap { old, new -> String? in
      let gain = (Int(new.1) ?? 0) - (Int(old.1) ?? 0)
      return gain == 0 ? nil : "\(new.0) \(gain > 0 ? "+" : "−")\(abs(gain))"
    }
    return gains.isEmpty ? "nothing new" : gains.joined(separator: ", ")
  }
}
