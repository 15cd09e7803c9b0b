package import SystemPackage

/// The system does not let a file or folder be made, written or locked: the disk is full, a folder
/// is a file, a name is too long.
package struct FileFailure: Failure, Equatable {
  package let path: String
  /// As of errno.h.
  package let number: Int32

  package init(_ path: FilePath, _ number: Int32) {
    self.path = path.string
    self.number = number
  }

  package var parts: FailureParts {
    .init(.inputOutput, path, "cannot be written: \(systemReason)")
  }

  /// In the system's words.
  package var systemReason: String { Files.systemReason(number) }
}
