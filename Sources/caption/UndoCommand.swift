import ArgumentParser
import Batch
import PhotoMetadata
import Store

/// `caption undo`: takes back what a batch wrote beside photos and into them.
struct UndoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Take back what a batch wrote beside photos and into them.",
    discussion: """
      Every file gets the bytes that it had before. Photos and XMP files that another program has \
      changed since keep that, and lose only what is marked as this program's; other files that were \
      changed stay as they are. Captions stay in the store. Without a number it lists the batches \
      that can be taken back: number, time and how many files.

      EXAMPLES:
        caption undo
        caption undo 12
      """)

  @Argument(help: ArgumentHelp("The batch's number.", valueName: "run"))
  var number: Int64?

  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    guard let run = number else {
      return try storeOptions.with(.read) { store in
        try output.print(
          columns: ["run", "started", "files"], rows: store.runsWithWrites()
        ) { ["\($0.run)", $0.startedAt, "\($0.count)"] }
      }
    }
    var firstFailure: ExitCode?
    let undone = try storeOptions.with(.write) { store in
      guard try store.runsWithWrites().contains(where: { $0.run == run }) else {
        throw ValidationError("Run \(run) has written nothing that could be taken back.")
      }
      return try PhotoWriter.undo(run, in: store) { error in
        report(error)
        firstFailure = firstFailure ?? exitStatus(of: error)
      }
    }
    try printLine("\(undone.restored) files are as they were before run \(run)")
    if undone.stripped > 0 {
      try printLine(
        "\(undone.stripped) files that were changed since lost only what run \(run) wrote")
    }
    if let firstFailure { throw firstFailure }
  }
}
