internal import Imaging
package import SystemPackage

/// A change of a file that is prepared and can be made or not, so that what is needed to undo it can
/// be put in safety before anything happens.
package struct FileEdit: Sendable {
  /// The file to be written.
  package let path: FilePath
  /// All bytes that it will have.
  package let bytes: [UInt8]
  /// How to get back from there.
  package let undo: FileUndo
  private let snapshot: FileSnapshot?

  /// Whether the file is not there yet.
  package var isNew: Bool { snapshot == nil }

  /// - Parameter original: What is there now; nil where nothing is.
  init(
    _ path: FilePath, original: (bytes: [UInt8], snapshot: FileSnapshot)?, bytes: [UInt8]
  ) {
    self.path = path
    self.bytes = bytes
    snapshot = original?.snapshot
    undo =
      if let original {
        .restore(
          ReverseDelta(from: original.bytes, to: bytes), modified: original.snapshot.modified)
      } else {
        .remove(count: bytes.count, hash: fnv1a(bytes))
      }
  }

  /// Makes the change, unless the file is no longer what it was when the change was prepared.
  ///
  /// - Parameter keepsModificationTime: Leaves the time of the last change as it is.
  /// - Throws: `MetadataError.missing`, `.changed`, `.writeProtected`, `.writeFailed`.
  package func commit(keepsModificationTime: Bool = false) throws(MetadataError) {
    try FileReplacement.replace(
      path, with: bytes, expecting: snapshot,
      modified: keepsModificationTime ? snapshot?.modified : nil)
  }

  /// Prepares a description inside of a photo; nil where the photo has it already.
  ///
  /// - Throws: `MetadataError.missing`, `.notAFile`, `.unreadable`, `.readFailed`, `.tooLong`,
  ///   `.changed`, `.humanText`, `.emptyText`, `.corrupt`, `.unsupported`, `.noRoom`.
  package static func embedding(
    text: String, model: String, version: String, in path: FilePath, overwriteHuman: Bool = false
  ) throws(MetadataError) -> FileEdit? {
    let original = try FileReplacement.read(path)
    guard let format = ImageFormat(original.bytes) else {
      throw .corrupt(
        path: path.string, format: "photo",
        reason: "its format is none of \(ImageFormat.readableNames)")
    }
    let bytes = try EmbeddedDescription.write(
      text: text, model: model, version: version, into: original.bytes, format: format,
      name: path.string, overwriteHuman: overwriteHuman)
    guard bytes != original.bytes else { return nil }
    return FileEdit(path, original: original, bytes: bytes)
  }
}

/// How to get a file back as it was before a `FileEdit`.
package enum FileUndo: Equatable, Sendable {
  /// There was none; the one that was written has so many bytes and this hash.
  case remove(count: Int, hash: UInt64)
  /// It had other bytes and was last modified then.
  case restore(ReverseDelta, modified: FileTimestamp)

  /// Gets the file back, unless another program changed it since.
  ///
  /// Where the change was never made, or is undone already, nothing happens.
  ///
  /// - Returns: Whether there was anything to do.
  /// - Throws: `MetadataError.changed`, `.corruptUndo`, `.missing`, `.notAFile`, `.unreadable`,
  ///   `.readFailed`, `.tooLong`, `.writeProtected`, `.writeFailed`.
  @discardableResult
  package func apply(to path: FilePath) throws(MetadataError) -> Bool {
    switch self {
    case .remove(let count, let hash):
      guard try FileReplacement.snapshot(of: path) != nil else { return false }
      let current = try FileReplacement.read(path)
      guard current.bytes.count == count, fnv1a(current.bytes) == hash else {
        throw .changed(path: path.string)
      }
      try FileReplacement.remove(path, expecting: current.snapshot)
    case .restore(let delta, let modified):
      let current = try FileReplacement.read(path)
      if delta.isOriginal(current.bytes) { return false }
      try FileReplacement.replace(
        path, with: delta.apply(to: current.bytes, name: path.string),
        expecting: current.snapshot, modified: modified)
    }
    return true
  }

  /// A byte that tells the cases apart, numbers of eight bytes, and the delta.
  package var serialized: [UInt8] {
    var bytes: [UInt8] = []
    func append(_ value: UInt64) {
      for shift in stride(from: UInt64(56), through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: value >> shift))
      }
    }
    switch self {
    case .remove(let count, let hash):
      bytes.append(0)
      append(UInt64(count))
      append(hash)
    case .restore(let delta, let modified):
      bytes.append(1)
      append(UInt64(bitPattern: Int64(modified.seconds)))
      append(UInt64(modified.nanoseconds))
      bytes += delta.serialized
    }
    return bytes
  }

  /// - Parameter name: Stands for the path in errors.
  /// - Throws: `MetadataError.corruptUndo`.
  package init(serialized bytes: [UInt8], name: String) throws(MetadataError) {
    func number(_ offset: Int) -> UInt64 {
      bytes[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
    guard let kind = bytes.first, kind <= 1, bytes.count >= 17, kind == 1 || bytes.count == 17
    else {
      throw .corruptUndo(path: name, reason: "it does not begin like one")
    }
    if kind == 0 {
      guard let count = Int(exactly: number(1)) else {
        throw .corruptUndo(path: name, reason: "a number is too large")
      }
      self = .remove(count: count, hash: number(9))
    } else {
      let nanoseconds = number(9)
      guard nanoseconds < 1_000_000_000 else {
        throw .corruptUndo(path: name, reason: "a number is too large")
      }
      self = .restore(
        try ReverseDelta(serialized: Array(bytes[17...]), name: name),
        modified: FileTimestamp(
          seconds: Int(Int64(bitPattern: number(1))), nanoseconds: Int(nanoseconds)))
    }
  }
}
