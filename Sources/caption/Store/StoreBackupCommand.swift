import ArgumentParser
import Store
import SystemPackage

/// `caption store backup`: a copy, also while the store is written to.
struct StoreBackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Write a copy of the store, also while it is written to.",
    discussion: """
      EXAMPLE:
        caption store backup /media/disk/captions.sqlite
      """)

  @Argument(
    help: ArgumentHelp("Where to write.", valueName: "file"),
    completion: .file(extensions: ["sqlite"]))
  var file: String

  @OptionGroup var store: StoreOptions

  @Flag(help: "Replace a file that is there, unless it is a photo or a model's.")
  var force = false

  func run() throws {
    try Replacement(kind: .store, inputs: [store.path], isForced: force).check(FilePath(file))
    do {
      try store.with(.read) { try $0.backup(to: FilePath(file), replacing: force) }
    } catch StoreError.exists(let path) {
      throw ValidationError("\(path) is there already; --force replaces it.")
    }
  }
}
