package import Files
package import PhotoMetadata
package import Store
package import SystemPackage

/// What became of a photo in a batch, told in the order in which the photos were given, once it is
/// safe in the store.
package struct BatchEvent: Sendable {
  package enum Kind: Sendable {
    /// It was captioned now.
    case captioned(StoredCaption)
    /// It was captioned before.
    case alreadyCaptioned(StoredCaption)
    case failed(FailureKind, reason: String)
    /// It failed before, has not changed since and was not to be tried again.
    case failedBefore(FailureKind, reason: String)
  }

  package let path: FilePath
  package let kind: Kind
  /// How many faults of the file the decoder worked around: the photo may be damaged.
  package let faults: Int
  /// How many files were written beside the photo or with it.
  package var written = 0
  /// What could not be written, and why.
  package var unwritten: [MetadataError] = []

  init(path: FilePath, kind: Kind, faults: Int = 0) {
    self.path = path
    self.kind = kind
    self.faults = faults
  }
}
