import ArgumentParser
import Batch
import Store
import SystemPackage

/// `caption note`: what a person has to say about a photo.
struct NoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note",
    abstract: "Keep your own description of a photo.",
    discussion: """
      Notes are found by “caption search” and never overwritten by a model. The photo itself is not \
      touched.

      EXAMPLES:
        caption note photo.jpg "Rex and Anna at Lake Garda"
        caption note --remove photo.jpg "Rex and Anna at Lake Garda"
      """)

  @Argument(help: "The photo.", completion: .file())
  var photo: String

  @Argument(help: "The description.")
  var text: String

  @Flag(help: "Take the description back.")
  var remove = false

  @OptionGroup var storeOptions: StoreOptions

  func validate() throws {
    guard !text.allSatisfy(\.isWhitespace) else {
      throw ValidationError("A description has at least one word.")
    }
  }

  func run() throws {
    let path = FilePath(argument: photo)
    if remove {
      let removed = try storeOptions.with(.write) { store in
        try picture(of: path, in: store).map { try store.removeNote(text, from: $0) } ?? false
      }
      guard removed else { throw ValidationError("\(photo) has no such description.") }
    } else {
      let file = try PhotoFile(at: path)
      let photo = try PhotoRecord(of: file.bytes, name: path.string)
      try storeOptions.with(.create) { try $0.note(text, about: photo, at: path, file.state) }
    }
  }
}
