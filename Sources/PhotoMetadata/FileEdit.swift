internal import Files
internal import Imaging
package import SystemPackage

/// A change of a file that is prepared and can be made or not, so that what is needed to undo it can
/// be put in safety before anything happens.
package struct FileEdit: Sendable {
  /// The file to be written.
  package let path: FilePath
  /// All bytes that it will have; none where it is to be removed.
  package let bytes: [UInt8]
  /// Whether the file is to be removed.
  package let removes: Bool
  /// How to get back from there.
  package let undo: FileUndo
  /// What was left out, and why.
  package let remark: MetadataError?
  private let snapshot: FileSnapshot?

  /// Whether the file is not there yet.
  package var isNew: Bool { snapshot == nil }

  /// - Parameter original: What is there now; nil where nothing is.
  init(
    _ path: FilePath, original: (bytes: [UInt8], snapshot: FileSnapshot)?, bytes: [UInt8],
    remark: MetadataError? = nil
  ) {
    self.path = path
    self.bytes = bytes
    self.remark = remark
    removes = false
    snapshot = original?.snapshot
    undo =
      if let original {
        .restore(
          ReverseDelta(from: original.bytes, to: bytes), modified: original.snapshot.modified)
      } else {
        .remove(count: bytes.count, hash: StableHash.of64Bits(bytes))
      }
  }

  /// The removal of a file.
  init(removing path: FilePath, _ original: (bytes: [UInt8], snapshot: FileSnapshot)) {
    self.path = path
    bytes = []
    remark = nil
    removes = true
    snapshot = original.snapshot
    undo = .create(original.bytes, modified: original.snapshot.modified)
  }

  /// Makes the change, unless the file is no longer what it was when the change was prepared.
  ///
  /// - Parameter keepsModificationTime: Leaves the time of the last change as it is.
  /// - Throws: `MetadataError.missing`, `.changed`, `.writeProtected`, `.writeFailed`.
  package func commit(keepsModificationTime: Bool = false) throws(MetadataError) {
    if removes, let snapshot { return try FileReplacement.remove(path, expecting: snapshot) }
    try FileReplacement.replace(
      path, with: bytes, expecting: snapshot,
      modified: keepsModificationTime ? snapshot?.modified : nil)
  }

  /// Prepares a description inside of a photo; nil where the photo has it already.
  ///
  /// - Parameters: as of `EmbeddedDescription.write`.
  /// - Throws: `MetadataError.missing`, `.notAFile`, `.unreadable`, `.readFailed`, `.tooLong`,
  ///   `.changed`, and what `EmbeddedDescription.write` throws.
  package static func embedding(
    _ sentence: PhotoSentence, in path: FilePath, overwriteHuman: Bool = false,
    breaksSignature: Bool = false
  ) throws(MetadataError) -> FileEdit? {
    let original = try FileReplacement.read(path)
    let written = try EmbeddedDescription.write(
      sentence, into: original.bytes, format: format(of: original.bytes, path), name: path.string,
      elsewhere: Sidecar.texts(beside: path), overwriteHuman: overwriteHuman,
      breaksSignature: breaksSignature)
    guard written.bytes != original.bytes else { return nil }
    return FileEdit(path, original: original, bytes: written.bytes, remark: written.remark)
  }

  /// Prepares that what this program wrote is taken out of a photo, or of an XMP file; nil where
  /// there is nothing.
  ///
  /// - Parameter notes: Whether also what it wrote in a person's name.
  /// - Throws: `MetadataError.missing`, `.notAFile`, `.unreadable`, `.readFailed`, `.tooLong`,
  ///   `.changed`, and what `EmbeddedDescription.stripped` throws.
  package static func stripping(
    _ path: FilePath, notes: Bool = false
  ) throws(MetadataError) -> FileEdit? {
    let original = try FileReplacement.read(path)
    guard let format = ImageFormat(original.bytes) else {
      return try Sidecar.stripped(original.bytes, at: path, notes: notes).map {
        $0.isEmpty
          ? FileEdit(removing: path, original) : FileEdit(path, original: original, bytes: $0)
      }
    }
    return try EmbeddedDescription.stripped(
      original.bytes, format: format, name: path.string, notes: notes
    ).map { FileEdit(path, original: original, bytes: $0) }
  }

  private static func format(
    of bytes: [UInt8], _ path: FilePath
  ) throws(MetadataError) -> ImageFormat {
    guard let format = ImageFormat(bytes) else {
      throw .corrupt(
        path: path.string, format: "photo",
        reason: "its format is none of \(ImageFormat.readableNames)")
    }
    return format
  }
}

/// How to get a file back as it was before a `FileEdit`.
package enum FileUndo: Equatable, Sendable {
  /// There was none; the one that was written has so many bytes and this hash.
  case remove(count: Int, hash: UInt64)
  /// It had other bytes and was last modified then.
  case restore(ReverseDelta, modified: FileTimestamp)
  /// It was removed.
  case create([UInt8], modified: FileTimestamp)

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
      guard current.bytes.count == count, StableHash.of64Bits(current.bytes) == hash else {
        throw .changed(path: path.string)
      }
      try FileReplacement.remove(path, expecting: current.snapshot)
    case .restore(let delta, let modified):
      let current = try FileReplacement.read(path)
      if delta.isOriginal(current.bytes) { return false }
      try FileReplacement.replace(
        path, with: delta.apply(to: current.bytes, name: path.string),
        expecting: current.snapshot, modified: modified)
    case .create(let bytes, let modified):
      if try FileReplacement.snapshot(of: path) != nil {
        guard try FileReplacement.read(path).bytes == bytes else {
          throw .changed(path: path.string)
        }
        return false
      }
      try FileReplacement.replace(path, with: bytes, expecting: nil, modified: modified)
    }
    return true
  }

  /// A byte that tells the cases apart, numbers of eight bytes, and the delta or the bytes.
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
    case .create(let original, let modified):
      bytes.append(2)
      append(UInt64(bitPattern: Int64(modified.seconds)))
      append(UInt64(modified.nanoseconds))
      bytes += original
    }
    return bytes
  }

  /// - Parameter name: Stands for the path in errors.
  /// - Throws: `MetadataError.corruptUndo`.
  package init(serialized bytes: [UInt8], name: String) throws(MetadataError) {
    func number(_ offset: Int) -> UInt64 {
      bytes[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
    guard let kind = bytes.first, kind <= 2, bytes.count >= 17, kind > 0 || bytes.count == 17
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
      let modified = FileTimestamp(
        seconds: Int(Int64(bitPattern: number(1))), nanoseconds: Int(nanoseconds))
      let rest = Array(bytes[17...])
      self =
        kind == 1
        ? .restore(try ReverseDelta(serialized: rest, name: name), modified: modified)
        : .create(rest, modified: modified)
    }
  }
}
