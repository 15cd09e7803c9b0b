import ArgumentParser
import Batch
import Files
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
      “caption undo” takes it back. Links that lead out of the folders are not followed; hard \
      links are as with “caption batch”.

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
    let found = photos()
    try finish(try strip(found, PhotoStripper(store: store, places: found.places), run: nil))
  }

  private func strip(in store: Store) throws {
    let found = photos()
    PhotoWriter.clearLeftOvers(beside: found.photos)
    let run = try store.beginRun(.single, request: jsonLine(["strip": paths]), work: nil)
    let outcome: Outcome
    do {
      outcome = try strip(
        found,
        PhotoStripper(
          store: store, keepsModificationTime: keepMtime, places: found.places), run: run)
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
    /// Photos of which links out of the folders kept something.
    var linkedOut = 0
    var firstFailure: ExitCode?
  }

  private func finish(_ outcome: Outcome) throws {
    if let sentence = linkedOutSentence(outcome.linkedOut) { note(sentence) }
    if let failure = outcome.firstFailure { throw failure }
  }

  private func strip(
    _ found: Found, _ stripper: PhotoStripper, run: Int64?
  ) throws -> Outcome {
    var outcome = Outcome(firstFailure: found.failure)
    for photo in found.photos {
      var isLinkedOut = false
      let changed = try stripper.strip(photo, run: run) { error in
        guard !error.isLinkedOut else {
          isLinkedOut = true
          return
        }
        report(error)
        outcome.firstFailure = outcome.firstFailure ?? exitStatus(of: error)
      }
      if isLinkedOut { outcome.linkedOut += 1 }
      for path in changed where outcome.changed.insert(path.absolute).inserted {
        try printLine(Table.escaped(path.string))
      }
    }
    return outcome
  }

  private struct Found {
    let photos: [FilePath]
    let places: WritePlaces
    /// The exit status of a folder that cannot be read.
    let failure: ExitCode?
  }

  private func photos() -> Found {
    var failure: ExitCode?
    let roots = paths.map { FilePath(argument: $0) }
    let photos = roots.flatMap { root in
      PhotoFinder().photos(in: root) { path, reason in
        note("\(path): cannot be read: \(reason)")
        failure = failure ?? exitStatus(of: FailureKind.noInput)
      }
    }
    return Found(
      photos: photos.map(\.path),
      places: WritePlaces(named: roots, folders: roots.filter(PhotoFinder.isFolder)),
      failure: failure)
  }
}
