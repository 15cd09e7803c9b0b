import ArgumentParser
import Batch
import Foundation
import PhotoFinding
import PhotoMetadata
import Store
import SystemPackage

/// `caption strip`: takes what models wrote out of photos and from beside them.
struct StripCommand: ParsableCommand, TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "strip",
    abstract: "Take all machine text out of photos and from beside them.",
    discussion: """
      What this program wrote in a model's name, and marked so, goes out of the photos' metadata and \
      out of XMP files beside them; text and JSON files that it wrote are removed. What people wrote \
      stays, also where they changed a model's text. It prints the files that were changed; \
      “caption undo” takes it back.

      EXAMPLES:
        caption strip photo.jpg
        caption strip --dry-run ~/Pictures
      """)

  @Argument(
    help: ArgumentHelp("Folders and photos.", valueName: "path"), completion: .file())
  var arguments: [ArgumentRun]
  var paths: [String] { arguments.flatMap(\.arguments) }

  @Flag(help: "Say which files would be changed, and do nothing.")
  var dryRun = false

  @Flag(help: "Leave the time of change of photos as it is.")
  var keepMtime = false

  @OptionGroup var storeOptions: StoreOptions

  func run() throws {
    guard dryRun else { return try storeOptions.with(.create) { try strip(in: $0) } }
    let store = FileState(of: storeOptions.path) == nil ? nil : try storeOptions.open(for: .read)
    defer { try? store?.close() }
    try finish(try strip(PhotoStripper(store: store), run: nil))
  }

  private func strip(in store: Store) throws {
    let run = try store.beginRun(.single, request: jsonLine(["strip": paths]), work: nil)
    let outcome: Outcome
    do {
      outcome = try strip(
        PhotoStripper(store: store, keepsModificationTime: keepMtime), run: run)
    } catch {
      try? store.endRun(run, .interrupted)
      throw error
    }
    try store.endRun(run, .finished)
    if !outcome.changed.isEmpty {
      note("changed \(outcome.changed.count) files (“caption undo \(run)” takes it back)")
    }
    try finish(outcome)
  }

  private struct Outcome {
    var changed: Set<FilePath> = []
    var firstFailure: ExitCode?
  }

  private func finish(_ outcome: Outcome) throws {
    if let failure = outcome.firstFailure { throw failure }
  }

  private func strip(_ stripper: PhotoStripper, run: Int64?) throws -> Outcome {
    var outcome = Outcome()
    for photo in photos(&outcome) {
      let changed = try stripper.strip(photo, run: run) { error in
        report(error)
        outcome.firstFailure = outcome.firstFailure ?? exitStatus(of: error)
      }
      for path in changed where outcome.changed.insert(path.absolute).inserted {
        try printLine(Table.escaped(path.string))
      }
    }
    return outcome
  }

  private func photos(_ outcome: inout Outcome) -> [FilePath] {
    var unreadable: [(path: FilePath, reason: String)] = []
    let photos = paths.flatMap { path in
      PhotoFinder().photos(in: FilePath(argument: path)) { unreadable.append(($0, $1)) }
    }
    for failure in unreadable {
      note("\(failure.path): cannot be read: \(failure.reason)")
      outcome.firstFailure = outcome.firstFailure ?? exitStatus(of: FailureKind.noInput)
    }
    return photos.map(\.path)
  }
}
