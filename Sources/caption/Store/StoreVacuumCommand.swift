import ArgumentParser
import Store

/// `caption store vacuum`: unused space back to the disk.
struct StoreVacuumCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vacuum",
    abstract: "Give unused space back to the disk, and speed searching up.",
    discussion: """
      EXAMPLE:
        caption store vacuum
      """)

  @OptionGroup var store: StoreOptions

  func run() throws {
    let (before, after) = try store.with(.write) { try $0.vacuum() }
    try printRows([("bytes before", "\(before)"), ("bytes after", "\(after)")])
  }
}
