internal import Files
package import PhotoMetadata
package import Store
package import SystemPackage

/// Takes out of photos, and from beside them, what this program wrote there in a model's name, in
/// such a way that it can be taken back.
package struct PhotoStripper: Sendable {
  private let store: Store?
  private let keepsModificationTime: Bool
  private let places: WritePlaces?

  /// - Parameters:
  ///   - store: that knows what was written; nil where there is none, for a look without changes.
  ///   - keepsModificationTime: leaves the photos' times of change as they are.
  ///   - places: where links may lead; nil for anywhere.
  package init(
    store: Store?, keepsModificationTime: Bool = false, places: WritePlaces? = nil
  ) {
    self.places = places
    self.store = store
    self.keepsModificationTime = keepsModificationTime
  }

  /// Takes a model's text out of a photo and the files beside it.
  ///
  /// - Parameters:
  ///   - run: by which it can be taken back; nil only looks for what there is.
  ///   - failed: is told what could not be changed, and why; the rest is.
  /// - Returns: the files that were, or would be, changed or removed.
  /// - Throws: `StoreError`.
  package func strip(
    _ photo: FilePath, run: Int64?, failed: (MetadataError) -> Void
  ) throws -> [FilePath] {
    var changed: [FilePath] = []
    let files: [(WriteKind, FilePath)] =
      [(.embedded, photo)] + Sidecar.paths(for: photo).map { ($0.kind.writeKind, $0.path) }
    for (kind, path) in files {
      try telling { error in
        // Most photos have no files beside them.
        if case .missing = error, kind != .embedded { return }
        failed(error)
      } _: {
        guard let edit = try edit(kind, path) else { return }
        try places?.check(path, of: photo)
        if let run, let store {
          try edit.commit(
            of: nil, kind, in: store, run: run, keepsModificationTime: keepsModificationTime)
        }
        changed.append(path)
      }
    }
    return changed
  }

  private func edit(_ kind: WriteKind, _ path: FilePath) throws -> FileEdit? {
    let ours = store?.isOurs(.machine) ?? { _, _ in false }
    switch kind {
    case .text: return try Sidecar.removing(path, .text, ours: ours)
    case .json: return try Sidecar.removing(path, .json, ours: ours)
    case .xmp, .embedded: return try FileEdit.stripping(path)
    }
  }
}
