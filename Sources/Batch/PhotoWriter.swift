package import Files
internal import Foundation
package import PhotoMetadata
package import Store
package import SystemPackage

/// Writes captions beside photos and into them, in such a way that it can be taken back.
package struct PhotoWriter: Sendable {
  package struct Options: Equatable, Sendable {
    package var sidecars: [Sidecar.Kind] = []
    /// Writes into the photos' own metadata.
    package var embeds = false
    /// Replaces also what a person wrote.
    package var overwritesHuman = false
    /// Leaves the photos' times of change as they are.
    package var keepsModificationTime = false
    /// Writes also into photos whose content credentials become invalid by it.
    package var breaksSignatures = false
    /// Where links may lead; nil for anywhere.
    package var places: WritePlaces?

    package init() {}

    package var writesNothing: Bool { sidecars.isEmpty && !embeds }
  }

  private let store: Store
  private let source: CaptionSource?
  private let version: String
  private let options: Options

  /// - Parameters:
  ///   - source: whose captions are written, in whose name they are marked; nil for notes alone.
  ///   - version: that of this program.
  package init(store: Store, source: CaptionSource?, version: String, options: Options) {
    self.store = store
    self.source = source
    self.version = version
    self.options = options
  }

  /// Writes a photo's caption, or the note that a person has on it, wherever it is to be and is not
  /// yet.
  ///
  /// - Parameters:
  ///   - state: of the photo's file when the caption was made; where it has changed since, nothing
  ///     is written into it.
  ///   - failed: is told what could not be written, and why; the rest is. Some of it went elsewhere:
  ///     see `MetadataError.isRemark`.
  /// - Returns: how many files were written.
  /// - Throws: `StoreError`.
  package func write(
    _ caption: StoredCaption, of photo: FilePath, _ state: FileState, run: Int64,
    failed: (MetadataError) -> Void
  ) throws -> Int {
    let note = try store.note(besides: caption.id)
    return try write(
      Words(
        sentence: note.map { PhotoSentence($0.text, model: nil, version: version) }
          ?? PhotoSentence(caption.caption.text, model: source?.model ?? "", version: version),
        number: note?.id ?? caption.id, caption: caption),
      of: photo, state, run: run, failed: failed)
  }

  /// Writes a person's note wherever it is to be and is not yet.
  ///
  /// - Parameters:
  ///   - caption: its number among the captions.
  ///   - state, run, failed: as of the function for captions.
  /// - Returns: how many files were written.
  /// - Throws: `StoreError`.
  package func write(
    note: String, caption: Int64?, of photo: FilePath, _ state: FileState, run: Int64,
    failed: (MetadataError) -> Void
  ) throws -> Int {
    try write(
      Words(
        sentence: PhotoSentence(note, model: nil, version: version), number: caption, caption: nil),
      of: photo, state, run: run, failed: failed)
  }

  /// What is written of a photo.
  private struct Words {
    let sentence: PhotoSentence
    /// Its number among the store's captions.
    let number: Int64?
    /// What the model has to say, whoever wrote the sentence.
    let caption: StoredCaption?
  }

  private func write(
    _ words: Words, of photo: FilePath, _ state: FileState, run: Int64,
    failed: (MetadataError) -> Void
  ) throws -> Int {
    var written = 0
    for kind in options.sidecars {
      try telling(failed) { written += try writeSidecar(kind, words, photo, run: run) }
    }
    guard options.embeds else { return written }
    try telling(failed) { written += try embed(words, photo, state, run: run, failed: failed) }
    return written
  }

  /// - Returns: how many files were written.
  private func embed(
    _ words: Words, _ photo: FilePath, _ state: FileState, run: Int64,
    failed: (MetadataError) -> Void
  ) throws -> Int {
    try options.places?.check(photo, of: photo)
    if FileState(of: photo) != state, try !isWritten(photo, run: run) {
      throw MetadataError.changed(path: photo.string)
    }
    let edit: FileEdit?
    do {
      edit = try FileEdit.embedding(
        words.sentence, in: photo, overwriteHuman: options.overwritesHuman,
        breaksSignature: options.breaksSignatures)
    } catch  where error.isRemark {
      let written = try writeSidecar(.xmp, words, photo, run: run)
      failed(error)
      return written
    }
    guard let edit else { return 0 }
    try edit.commit(
      of: words.number, .embedded, in: store, run: run,
      keepsModificationTime: options.keepsModificationTime)
    if let remark = edit.remark { failed(remark) }
    return 1
  }

  /// Whether a file is as this run wrote it under another name, to which a link leads.
  private func isWritten(_ photo: FilePath, run: Int64) throws -> Bool {
    guard let hash = try? ContentHash(ofFile: photo) else { return false }
    return try store.isWritten(hash, by: run)
  }

  /// - Returns: how many files were written.
  private func writeSidecar(
    _ kind: Sidecar.Kind, _ words: Words, _ photo: FilePath, run: Int64
  ) throws -> Int {
    try options.places?.check(Sidecar.path(for: photo, kind), of: photo)
    guard let edit = try sidecar(kind, words, photo) else { return 0 }
    try edit.commit(of: words.number, kind.writeKind, in: store, run: run)
    return 1
  }

  private func sidecar(_ kind: Sidecar.Kind, _ words: Words, _ photo: FilePath) throws
    -> FileEdit?
  {
    let ours = store.isOurs()
    switch kind {
    case .text:
      let edit = try Sidecar.text(
        words.sentence.text, for: photo, overwriteHuman: options.overwritesHuman, ours: ours)
      if edit != nil, words.sentence.model != nil, !options.overwritesHuman {
        for file in try FileTexts.all(about: photo) { try file.refuse() }
      }
      return edit
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return try Sidecar.json(
        Array(encoder.encode(object(words))) + [UInt8(ascii: "\n")], for: photo,
        overwriteHuman: options.overwritesHuman, ours: ours)
    case .xmp:
      return try Sidecar.xmp(
        words.sentence, for: photo, overwriteHuman: options.overwritesHuman
      ) { (try? FileTexts.all(about: photo, except: $0)) ?? [] }
    }
  }

  /// What a JSON file beside a photo says. It names no file: its own name does.
  private func object(_ words: Words) -> CaptionExchange {
    var object = CaptionExchange()
    if let caption = words.caption, let source {
      object = source.object(caption.caption, at: caption.createdAt)
    }
    if words.sentence.model == nil { object.note = words.sentence.text }
    (object.generator, object.version) = ("caption", version)
    return object
  }

  /// What became of a run that was taken back.
  package struct Undone: Equatable, Sendable {
    /// Files that are as they were.
    package var restored = 0
    /// Files that another program changed since, and that only lost what this one had written.
    package var stripped = 0

    package init(restored: Int = 0, stripped: Int = 0) {
      self.restored = restored
      self.stripped = stripped
    }
  }

  /// Takes back what a run wrote, the latest first.
  ///
  /// - Parameters:
  ///   - shouldStop: is asked before each file.
  ///   - progress: is called after each.
  ///   - failed: is told what could not be taken back, and why; the rest is.
  /// - Throws: `StoreError`.
  package static func undo(
    _ run: Int64, in store: Store, shouldStop: () -> Bool = { false },
    progress: (_ hasFailed: Bool) -> Void = { _ in }, failed: (MetadataError) -> Void
  ) throws -> Undone {
    var undone = Undone()
    var places = WrittenFiles(store: store)
    let writes = try store.writes(of: run)
    clearLeftOvers(beside: writes.map(\.path))
    for write in writes {
      if shouldStop() { break }
      let isDone = try telling(failed) {
        try undo(write, at: places.place(of: write), in: store, &undone)
        try store.undone(write)
      }
      progress(!isDone)
    }
    return undone
  }

  /// Removes what was left unfinished, when the program was killed, beside the files that a store
  /// knows to have been written.
  ///
  /// - Returns: how many files there were.
  /// - Throws: `StoreError`.
  @discardableResult
  package static func clearLeftOvers(knownTo store: Store) throws -> Int {
    clearLeftOvers(beside: try store.writtenPaths() + [store.path])
  }

  /// As the function for a store, beside files and beside what those that are links lead to.
  @discardableResult
  package static func clearLeftOvers(beside files: [FilePath]) -> Int {
    var folders: Set<FilePath> = []
    for file in files {
      folders.insert(file.removingLastComponent())
      if file.isLink, let place = file.resolved { folders.insert(place.removingLastComponent()) }
    }
    return LeftOvers.clear(in: folders)
  }

  private static func undo(
    _ write: PhotoWrite, at path: FilePath, in store: Store, _ undone: inout Undone
  ) throws {
    let undo = try FileUndo(serialized: write.undo, name: path.string)
    do {
      guard try undo.apply(to: path) else { return }
      undone.restored += 1
    } catch MetadataError.changed {
      guard try isMarked(write, in: store) else {
        throw MetadataError.changed(path: path.string)
      }
      guard let edit = try FileEdit.stripping(path, notes: true) else { return }
      try edit.commit()
      undone.stripped += 1
    }
    if write.kind == .embedded, let state = FileState(of: path) {
      try store.fileChanged(path, to: state)
    }
  }

  /// Whether what a change wrote is told by its mark from what other programs wrote since.
  private static func isMarked(_ write: PhotoWrite, in store: Store) throws -> Bool {
    guard write.kind == .embedded || write.kind == .xmp, write.hasCaption else { return false }
    return try !store.isWrittenAgain(after: write)
  }
}
