internal import Files
internal import Foundation
internal import SystemPackage
internal import Tensors
internal import Training

/// The files of one encoder's features, in a folder of their own.
///
/// `features-*.f16` holds rows of numbers in half precision, all equally long, and nothing else;
/// `index` a header and, for each row, the hash of its photo and the checksum of its numbers. A row
/// counts only once its entry stands in the index, and an entry only if its own checksum and its
/// row's are right: whatever a crash leaves behind is passed by, and written over or left unused.
/// Files that others have opened are never shortened or written over where they have rows: a cache
/// made anew is of new files.
struct FeatureCacheFiles {
  /// What the index begins with.
  struct Header: Equatable {
    static let size = 64
    private static let magic = Array("CAPFEAT1".utf8)

    let identity: ContentHash
    let gridHeight: Int
    let gridWidth: Int
    let channels: Int
    /// Names the file of the rows.
    var rows: UInt64

    /// How long a row is, in bytes.
    var rowSize: Int { 2 * gridHeight * gridWidth * channels }

    var bytes: [UInt8] {
      var bytes = Self.magic + identity.bytes
      for value in [gridHeight, gridWidth, channels] {
        bytes += UInt32(truncatingIfNeeded: value).littleEndianBytes
      }
      bytes += rows.littleEndianBytes
      return bytes + CRC32C.checksum(bytes).littleEndianBytes
    }

    /// This header with the rows that an index names; nil if it is the index of anything else.
    func reading(_ index: [UInt8]) -> Header? {
      guard index.count >= Self.size else { return nil }
      var found = self
      found.rows = index.withUnsafeBytes {
        UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 52, as: UInt64.self))
      }
      return found.bytes.elementsEqual(index[..<Self.size]) ? found : nil
    }
  }

  /// A line of the index.
  struct Entry {
    static let size = 48

    let photo: ContentHash
    /// Where in the index the entry stands, so that one in another's place is not believed.
    let slot: Int
    let checksum: UInt32

    var bytes: [UInt8] {
      let bytes = photo.bytes + UInt64(slot).littleEndianBytes + checksum.littleEndianBytes
      return bytes + CRC32C.checksum(bytes).littleEndianBytes
    }

    init(photo: ContentHash, slot: Int, checksum: UInt32) {
      self.photo = photo
      self.slot = slot
      self.checksum = checksum
    }

    /// - Returns: nil unless the bytes are an entry that stands in its place.
    init?(_ bytes: ArraySlice<UInt8>, slot: Int) {
      guard let photo = ContentHash(bytes: Array(bytes.prefix(ContentHash.byteCount))) else {
        return nil
      }
      let checksum = bytes.withUnsafeBytes {
        UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 40, as: UInt32.self))
      }
      self.init(photo: photo, slot: slot, checksum: checksum)
      guard self.bytes.elementsEqual(bytes) else { return nil }
    }
  }

  let header: Header
  private let index: FileDescriptor
  private let rows: FileDescriptor
  /// How many entries there are, damaged ones among them.
  private(set) var count: Int

  static func indexPath(_ folder: FilePath) -> FilePath { folder.appending("index") }

  static func rowsPath(_ folder: FilePath, _ header: Header) -> FilePath {
    let digits = String(header.rows, radix: 16)
    return folder.appending(
      "features-" + String(repeating: "0", count: 16 - digits.count) + digits + ".f16")
  }

  /// Opens the files in a folder.
  ///
  /// - Parameter header: what it must be, but for the name of the rows.
  /// - Returns: nil if they are not there, not whole, or of anything else.
  init?(
    openingIn folder: FilePath, _ header: Header, _ mode: FileDescriptor.AccessMode = .readOnly
  ) {
    let options: FileDescriptor.OpenOptions = [.closeOnExec, .nonBlocking]
    guard let index = try? FileDescriptor.open(Self.indexPath(folder), mode, options: options)
    else { return nil }
    guard let bytes = try? RegularFile(index).allBytes, let found = header.reading(bytes),
      let rows = try? FileDescriptor.open(Self.rowsPath(folder, found), mode, options: options)
    else {
      try? index.close()
      return nil
    }
    self.header = found
    self.index = index
    self.rows = rows
    count = (bytes.count - Header.size) / Entry.size
  }

  /// Makes the files in a folder, without any rows, and removes those that were there.
  ///
  /// - Throws: `FileFailure`; `Errno`.
  init(makingIn folder: FilePath, _ header: Header) throws {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
    where name.hasPrefix("features-") || name.hasPrefix("index") {
      unlink(folder.appending(name).string)
    }
    var header = header
    header.rows = UInt64.random(in: .min ... .max)
    self.header = header
    let options: FileDescriptor.OpenOptions = [.create, .exclusiveCreate, .closeOnExec]
    rows = try FileDescriptor.open(
      Self.rowsPath(folder, header), .readWrite, options: options, permissions: .ownerAndOthers)
    try replaceFile(at: Self.indexPath(folder), with: header.bytes)
    index = try FileDescriptor.open(Self.indexPath(folder), .readWrite, options: .closeOnExec)
    count = 0
  }

  func close() {
    try? index.close()
    try? rows.close()
  }

  /// What was found in the files.
  struct Contents {
    /// Where the features of photos begin in the file of the rows, in bytes.
    var offsets: [ContentHash: Int] = [:]
    /// How many entries or rows are not as they were written.
    var damaged = 0
  }

  /// Looks for photos, and reads their rows once to check them.
  ///
  /// - Throws: `RegularFile.Failure`.
  func contents(of photos: Set<ContentHash>, threads: Int) throws -> Contents {
    let (entries, rows) = (try RegularFile(index).allBytes, try RegularFile(rows))
    var contents = Contents()
    var found: [ContentHash: Entry] = [:]
    let available = header.rowSize == 0 ? 0 : rows.size / header.rowSize
    for slot in 0..<max(0, (entries.count - Header.size) / Entry.size) {
      let start = Header.size + slot * Entry.size
      guard let entry = Entry(entries[start..<start + Entry.size], slot: slot), slot < available
      else {
        contents.damaged += 1
        continue
      }
      // A later row takes the place of one that was damaged.
      if photos.contains(entry.photo) { found[entry.photo] = entry }
    }
    let wanted = found.values.sorted { $0.slot < $1.slot }
    let size = header.rowSize
    let areRight = parallelMap(wanted, threads: threads) { entry in
      let row = try? rows.bytes(entry.slot * size..<(entry.slot + 1) * size)
      return row.map { CRC32C.checksum($0) == entry.checksum } ?? false
    }
    for (entry, isRight) in zip(wanted, areRight) {
      if isRight {
        contents.offsets[entry.photo] = entry.slot * size
      } else {
        contents.damaged += 1
      }
    }
    return contents
  }

  /// Adds rows: first the numbers, then the entries that make them count.
  ///
  /// - Returns: where the first row begins, in bytes.
  /// - Throws: `Errno`.
  mutating func append(_ new: [(photo: ContentHash, row: [UInt8])]) throws -> Int {
    let start = count * header.rowSize
    var (numbers, entries): ([UInt8], [UInt8]) = ([], [])
    for (place, (photo, row)) in new.enumerated() {
      precondition(row.count == header.rowSize, "a row of \(row.count) bytes")
      numbers += row
      entries += Entry(photo: photo, slot: count + place, checksum: CRC32C.checksum(row)).bytes
    }
    try rows.writeAll(toAbsoluteOffset: Int64(start), numbers)
    try index.writeAll(toAbsoluteOffset: Int64(Header.size + count * Entry.size), entries)
    count += new.count
    return start
  }

  /// The rows, of which there may be more later.
  ///
  /// - Throws: `RegularFile.Failure`.
  func openRows() throws -> RegularFile { try RegularFile(rows) }
}

extension FilePermissions {
  /// What the user's mask leaves of reading and writing for all.
  fileprivate static let ownerAndOthers = FilePermissions(rawValue: 0o666)
}

extension RegularFile {
  fileprivate convenience init(_ file: FileDescriptor) throws(Failure) {
    try self.init(descriptor: file.rawValue)
  }

  fileprivate var allBytes: [UInt8] {
    get throws(Failure) { try bytes(0..<size) }
  }
}
