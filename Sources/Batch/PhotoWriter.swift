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

    package init() {}

    package var writesNothing: Bool { sidecars.isEmpty && !embeds }
  }

  private let store: Store
  private let model: String
  private let version: String
  private let options: Options

  /// - Parameters:
  ///   - model: the name of the model, by which the text is marked.
  ///   - version: that of this program.
  package init(store: Store, model: String, version: String, options: Options) {
    self.store = store
    self.model = model
    self.version = version
    self.options = options
  }

  /// Writes a photo's caption wherever it is to be and is not yet.
  ///
  /// - Parameters:
  ///   - state: of the photo's file when the caption was made; where it has changed since, nothing
  ///     is written into it.
  ///   - failed: is told what could not be written, and why; the rest is.
  /// - Returns: how many files were written.
  /// - Throws: `StoreError`.
  package func write(
    _ caption: StoredCaption, of photo: FilePath, _ state: FileState, run: Int64,
    failed: (MetadataError) -> Void
  ) throws -> Int {
    var written = 0
    for kind in options.sidecars {
      do {
        guard let edit = try sidecar(kind, caption, photo) else { continue }
        try store.prepareWrite(
          of: caption.id, to: edit.path, kind.writeKind, after: ContentHash(of: edit.bytes),
          undo: edit.undo.serialized, run: run)
        try edit.commit()
        written += 1
      } catch let error as MetadataError {
        failed(error)
      }
    }
    guard options.embeds else { return written }
    do {
      guard FileState(of: photo) == state else {
        throw MetadataError.changed(path: photo.string)
      }
      let edit = try FileEdit.embedding(
        text: caption.caption.text, model: model, version: version, in: photo,
        overwriteHuman: options.overwritesHuman)
      guard let edit else { return written }
      try store.prepareWrite(
        of: caption.id, to: photo, .embedded, after: ContentHash(of: edit.bytes),
        undo: edit.undo.serialized, run: run)
      try edit.commit(keepsModificationTime: options.keepsModificationTime)
      written += 1
      if let state = FileState(of: photo) { try store.fileChanged(photo, to: state) }
    } catch let error as MetadataError {
      failed(error)
    }
    return written
  }

  private func sidecar(_ kind: Sidecar.Kind, _ caption: StoredCaption, _ photo: FilePath) throws
    -> FileEdit?
  {
    func ours(_ path: FilePath, _ bytes: [UInt8]) -> Bool {
      (try? store.wroteLast(ContentHash(of: bytes), to: path)) ?? false
    }
    let text = caption.caption.text
    switch kind {
    case .text:
      return try Sidecar.text(
        text, for: photo, overwriteHuman: options.overwritesHuman, ours: ours)
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let object = SidecarObject(caption.caption, model: model, version: version)
      return try Sidecar.json(
        Array(encoder.encode(object)) + [UInt8(ascii: "\n")], for: photo,
        overwriteHuman: options.overwritesHuman, ours: ours)
    case .xmp:
      return try Sidecar.xmp(
        text: text, model: model, version: version, for: photo,
        overwriteHuman: options.overwritesHuman)
    }
  }

  /// Takes back what a run wrote, the latest first.
  ///
  /// - Parameters:
  ///   - shouldStop: is asked before each file.
  ///   - progress: is called after each.
  ///   - failed: is told what could not be taken back, and why; the rest is.
  /// - Returns: how many files are as they were.
  /// - Throws: `StoreError`.
  package static func undo(
    _ run: Int64, in store: Store, shouldStop: () -> Bool = { false },
    progress: (_ hasFailed: Bool) -> Void = { _ in }, failed: (MetadataError) -> Void
  ) throws -> Int {
    var count = 0
    var places = WrittenFiles(store: store)
    for write in try store.writes(of: run) {
      if shouldStop() { break }
      do {
        let path = try places.place(of: write)
        let undo = try FileUndo(serialized: write.undo, name: path.string)
        let changed = try undo.apply(to: path)
        if changed, write.kind == .embedded, let state = FileState(of: path) {
          try store.fileChanged(path, to: state)
        }
        try store.undone(write)
        if changed { count += 1 }
        progress(false)
      } catch let error as MetadataError {
        failed(error)
        progress(true)
      }
    }
    return count
  }
}

extension Sidecar.Kind {
  fileprivate var writeKind: WriteKind {
    switch self {
    case .text: .text
    case .json: .json
    case .xmp: .xmp
    }
  }
}

/// What a JSON sidecar holds.
private struct SidecarObject: Encodable {
  let generator = "caption"
  let version: String
  let model: String
  let caption: String
  let confidence: Double
  let logProbability: Double
  let words: [MachineCaption.Word]
  let alternatives: [MachineCaption.Alternative]

  enum CodingKeys: String, CodingKey {
    case generator, version, model, caption, confidence, words, alternatives
    case logProbability = "log_probability"
  }

  init(_ caption: MachineCaption, model: String, version: String) {
    self.version = version
    self.model = model
    self.caption = caption.text
    confidence = caption.confidence
    logProbability = caption.logProbability
    words = caption.words
    alternatives = caption.alternatives
  }
}
