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
      changed stay as they are. Captions stay in the store. A file that was renamed is found in its \
      folder, or where a batch has seen it since. What a killed batch left unfinished beside them is \
      removed. Without a number it lists the batches that can be \
      taken back: number, time and how many files.

      EXAMPLES:
        caption undo
        caption undo 12
      """)

  @Argument(help: ArgumentHelp("The batch's number.", valueName: "run"))
  var number: Int64?

  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    try requires(progress.given, with: "the number of a batch", number != nil)
    try excludes(["--json": output.json], with: "the number of a batch", number != nil)
  }

  func run() throws {
    guard let run = number else {
      return try storeOptions.with(.read) { store in
        try output.print(
          columns: ["run", "started", "files"], rows: store.runsWithWrites()
        ) { ["\($0.run)", $0.startedAt, "\($0.count)"] }
      }
    }
    let (undone, firstFailure) = try storeOptions.with(.write) { try takeBack(run, in: $0) }
    try printLine("\(undone.restored) files are as they were before run \(run)")
    if undone.stripped > 0 {
      try printLine(
        "\(undone.stripped) files that were changed since lost only what run \(run) wrote")
    }
    if let firstFailure { throw firstFailure }
  }

  /// - Returns: what became of the files, and the status of the first failure.
  /// - Throws: `StoreError`; `ExitCode` after an interruption.
  private func takeBack(_ run: Int64, in store: Store) throws
    -> (PhotoWriter.Undone, ExitCode?)
  {
    guard let writes = try store.runsWithWrites().first(where: { $0.run == run }) else {
      throw ValidationError("Run \(run) has written nothing that could be taken back.")
    }
    let interruption = Interruption(isQuiet: progress.quiet)
    defer { interruption.end() }
    var bar = Progress(
      total: writes.count, unit: "files", style: progress.style, isQuiet: progress.quiet)
    defer { bar.finish() }
    var firstFailure: ExitCode?
    let undone = try PhotoWriter.undo(run, in: store) {
      interruption.flag.isRaised
    } progress: { hasFailed in
      bar.advance(by: 1, worked: 1, failed: hasFailed ? 1 : 0)
    } failed: { error in
      bar.say("caption: \(sentence(of: error))")
      firstFailure = firstFailure ?? exitStatus(of: error)
    }
    if let status = interruption.exitStatus {
      if !progress.quiet {
        note("interrupted: \(undone.restored) files are as they were; the same command goes on")
      }
      throw ExitCode(status)
    }
    return (undone, firstFailure)
  }
}
