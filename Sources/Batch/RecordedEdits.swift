internal import Files
internal import PhotoMetadata
internal import Store
internal import SystemPackage

// What writing captions and taking them out again have in common.

/// Does something with one file; where the file does not let it, that is told, and the rest goes on.
///
/// - Returns: whether it was done.
/// - Throws: what `work` throws, but for `MetadataError`.
@discardableResult
func telling(_ failed: (MetadataError) -> Void, _ work: () throws -> Void) throws -> Bool {
  do {
    try work()
    return true
  } catch let error as MetadataError {
    failed(error)
    return false
  }
}

extension FileEdit {
  /// Makes the change, once the store knows how to take it back.
  ///
  /// - Parameters:
  ///   - caption: that is written; nil where one is taken out.
  ///   - keepsModificationTime: leaves a photo's time of change as it is.
  /// - Throws: `StoreError`, `MetadataError`.
  func commit(
    of caption: Int64?, _ kind: WriteKind, in store: Store, run: Int64,
    keepsModificationTime: Bool = false
  ) throws {
    try store.prepareWrite(
      of: caption, to: path, kind, after: ContentHash(of: bytes), undo: undo.serialized, run: run)
    try commit(keepsModificationTime: keepsModificationTime && kind == .embedded)
    if kind == .embedded, let state = FileState(of: path) {
      try store.fileChanged(path, to: state)
    }
  }
}

extension Store {
  /// Whether bytes at a path are those that this program wrote there last.
  ///
  /// - Parameter origin: whose words they must be; nil for anybody's.
  func isOurs(_ origin: CaptionOrigin? = nil) -> (FilePath, [UInt8]) -> Bool {
    { (try? self.wroteLast(ContentHash(of: $1), to: $0, origin: origin)) ?? false }
  }
}

extension Sidecar.Kind {
  /// As the store calls it.
  var writeKind: WriteKind {
    switch self {
    case .text: .text
    case .json: .json
    case .xmp: .xmp
    }
  }
}
