import ArgumentParser
import Batch
import Files
import PhotoMetadata
import Store
import SystemPackage

/// `caption note`: what a person has to say about a photo.
struct NoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note",
    abstract: "Keep your own description of a photo.",
    discussion: """
      Notes are found by “caption search” and never overwritten by a model. The photo itself is not \
      touched unless --embed is given; “caption batch --embed” writes the latest note of a photo in \
      place of a model's caption. Where the photo is a link, --embed writes into what it leads to; \
      sidecars that are links out of the photo's folder are left alone.

      EXAMPLES:
        caption note photo.jpg "Rex and Anna at Lake Garda"
        caption note --embed photo.jpg "Rex and Anna at Lake Garda"
        caption note --remove photo.jpg "Rex and Anna at Lake Garda"
      """)

  @Argument(help: "The photo.", completion: .file())
  var photo: String

  @Argument(help: "The description.")
  var text: String

  @Flag(help: "Take the description back.")
  var remove = false

  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var writes: WriteOptions

  func validate() throws {
    guard !remove || writes.options.writesNothing else {
      throw ValidationError("--remove takes a note out of the store only.")
    }
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
      let record = try PhotoRecord(of: file.bytes, name: path.string, at: path)
      let failure = try storeOptions.with(.create) { store in
        let caption = try store.note(text, about: record, at: path, file.state)
        return try write(caption, path, file.state, in: store)
      }
      if let failure { throw failure }
    }
  }

  /// Writes the note into the photo and beside it, as far as that was asked for.
  ///
  /// - Returns: the exit status of what could not be written.
  private func write(
    _ caption: Int64?, _ path: FilePath, _ state: FileState, in store: Store
  ) throws -> ExitCode? {
    guard !writes.options.writesNothing else { return nil }
    var options = writes.options
    options.places = WritePlaces(named: [path], folders: [])
    PhotoWriter.clearLeftOvers(beside: [path])
    let run = try store.beginRun(.single, request: jsonLine(["note": photo]), work: nil)
    let writer = PhotoWriter(
      store: store, source: nil, version: programVersion, options: options)
    var failure: ExitCode?
    let count = try writer.write(note: text, caption: caption, of: path, state, run: run) {
      report($0)
      if !$0.isRemark { failure = failure ?? exitStatus(of: $0) }
    }
    try store.endRun(run, .finished)
    if count > 0 { note("wrote \(count) files (“caption undo \(run)” takes them back)") }
    return failure
  }
}
