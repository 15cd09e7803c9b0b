import ArgumentParser
import Foundation
import Store
import SystemPackage

/// `caption forget`: removes photos from the store.
struct ForgetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget",
    abstract: "Remove photos and their captions from the store; the files stay.",
    discussion: """
      It prints the paths that were removed. A picture and its captions, with what these say, go \
      with the last file that held it.

      EXAMPLES:
        caption forget photo.jpg
        caption forget --folder ~/Pictures/Old
        caption forget --missing
      """)

  @Argument(help: "Photos.", completion: .file())
  var photos: [String] = []

  @Option(help: "All photos in this folder and the folders in it.", completion: .directory)
  var folder: String?

  @Flag(help: "Only photos whose files have gone; without a folder, everywhere.")
  var missing = false

  @OptionGroup var storeOptions: StoreOptions

  func validate() throws {
    guard photos.isEmpty != (folder == nil && !missing) else {
      throw ValidationError("Give either photos, or --folder or --missing.")
    }
  }

  func run() throws {
    let forgotten = try storeOptions.with(.write) { store in
      photos.isEmpty
        ? try store.forget(in: folder.map { FilePath(argument: $0) }, missing: missing)
        : try store.forget(photos.map { FilePath(argument: $0) })
    }
    for path in forgotten { try printLine(Table.escaped(path.string)) }
    let forgottenAll = forgotten.count >= photos.count
    guard forgottenAll else {
      let names = photos.filter { !forgotten.contains(FilePath(argument: $0).absolute) }
      throw FileError.notStored(path: names.joined(separator: ", "))
    }
  }
}
