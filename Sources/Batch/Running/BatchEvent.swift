package import Captioning
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

    /// The caption that it has.
    package var caption: StoredCaption? {
      switch self {
      case .captioned(let caption), .alreadyCaptioned(let caption): caption
      case .failed, .failedBefore: nil
      }
    }
  }

  package let path: FilePath
  package let kind: Kind
  /// Of the file when it was read; nil where it could not be.
  package let state: FileState?
  /// What the store has recorded; nil where it knew it all.
  package let outcome: Outcome?
  /// The caption, where it was made now.
  package let made: Caption?
  /// How many files were written beside the photo or with it.
  package var written = 0
  /// What could not be written, and why.
  package var unwritten: [MetadataError] = []

  init(path: FilePath, kind: Kind, state: FileState?, outcome: Outcome?, made: Caption?) {
    self.path = path
    self.kind = kind
    self.state = state
    self.outcome = outcome
    self.made = made
  }
}
