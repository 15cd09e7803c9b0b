import ArgumentParser
import Foundation
import Store
import SystemPackage

/// `caption forget`: removes photos from the store.
struct ForgetCommand: ParsableCommand, TakesManyArguments {
  static let configuration = CommandConfiguration(
    commandName: "forget",
    abstract: "Remove photos and their captions from the store; the files stay.",
    discussion: """
      It prints the paths that were removed. A picture and its captions, with what these say, go \
      with the last file that held it. For \(Store.daysToBringBack) days --undo brings back what was \
      forgotten last, and then what was forgotten before that; so does captioning a photo again.

      --missing forgets photos whose files have gone. Where a whole folder that a batch was asked \
      for is not there, or empty, its disk is taken to be not connected and its photos stay; \
      --folder forgets them all the same. What people wrote about missing photos is kept for good: \
      should the same picture come back, it has its notes.

      Before it forgets more than was named, it asks; where nobody can be asked, --missing needs \
      --yes.

      EXAMPLES:
        caption forget photo.jpg
        caption forget --folder ~/Pictures/Old
        caption forget --missing --dry-run
        caption forget --missing --yes
        caption forget --undo
      """)

  @Argument(help: ArgumentHelp("Photos.", valueName: "photos"), completion: .file())
  var arguments: [ArgumentRun] = []
  var photos: [String] { arguments.flatMap(\.arguments) }

  @Option(help: "All photos in this folder and the folders in it.", completion: .directory)
  var folder: String?

  @Flag(help: "Only photos whose files have gone; without a folder, everywhere.")
  var missing = false

  @Flag(help: "Print what would be forgotten, and forget nothing.")
  var dryRun = false

  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false

  @Flag(help: "Bring back what was forgotten last.")
  var undo = false

  @OptionGroup var storeOptions: StoreOptions

  func validate() throws {
    guard !undo || photos.isEmpty && folder == nil && !missing && !dryRun else {
      throw ValidationError("--undo stands alone: it brings back what was forgotten last.")
    }
    guard undo || photos.isEmpty != (folder == nil && !missing) else {
      throw ValidationError("Give either photos, or --folder or --missing.")
    }
    try requires(["--yes": yes], with: "--folder or --missing", folder != nil || missing)
  }

  func run() throws {
    if undo { return try bringBack() }
    let forgotten = try storeOptions.with(dryRun ? .read : .write) { store in
      let known = try known(in: store)
      if dryRun { return known }
      guard try photos.isEmpty == false || isWanted(known.count) else { return [] }
      return try store.forget(known, missing: missing)
    }
    for path in forgotten { try printLine(Table.escaped(path.string)) }
    let gone = Set(forgotten)
    let names = photos.filter { !gone.contains(FilePath(argument: $0).absolute) }
    guard names.isEmpty else { throw FileError.notStored(path: names.joined(separator: ", ")) }
  }

  /// Those of the photos in question of which there is anything to forget.
  private func known(in store: Store) throws -> [FilePath] {
    let folder = folder.map { FilePath(argument: $0) }
    guard photos.isEmpty else {
      let known = Set(try store.knownPhotos(in: nil))
      return photos.map { FilePath(argument: $0).absolute }.filter(known.contains)
    }
    guard missing else { return try store.knownPhotos(in: folder) }
    let found = try store.missingPhotos(in: folder)
    for place in found.notConnected {
      note(
        "nothing of \(place.folder) is there: its \(place.count) photos are taken to be not "
          + "connected, and stay (--folder without --missing forgets them all the same)")
    }
    return found.gone
  }

  /// Whether a person wants so many photos forgotten.
  private func isWanted(_ count: Int) throws -> Bool {
    guard count > 0, !yes else { return true }
    guard isatty(STDIN_FILENO) == 1 else {
      guard missing else { return true }
      throw ValidationError(
        "\(count) photos are missing. Nobody can be asked: --yes forgets them, --dry-run lists them."
      )
    }
    let question =
      "Forget \(count) photos with their captions? For \(Store.daysToBringBack) days “caption forget "
      + "--undo” brings them back. [y/N] "
    writeToStandardError(question)
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
  }

  private func bringBack() throws {
    guard let paths = try storeOptions.with(.write, { try $0.bringBack() }) else {
      note("nothing was forgotten in the last \(Store.daysToBringBack) days")
      throw ExitCode(66)
    }
    for path in paths { try printLine(Table.escaped(path.string)) }
  }
}
