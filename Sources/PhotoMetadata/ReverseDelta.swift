internal import Files

/// How to get the bytes of a file as it was from the bytes that it has now: parts of the new ones in
/// another order, and what of the old ones is not among them.
package struct ReverseDelta: Equatable, Sendable {
  private enum Step: Equatable {
    /// A range of the new bytes.
    case copy(offset: Int, count: Int)
    case insert([UInt8])
  }

  private let steps: [Step]
  private let newCount: Int
  private let newHash: UInt64
  private let oldCount: Int
  private let oldHash: UInt64

  /// The number of bytes that a file had before.
  package var originalCount: Int { oldCount }

  /// - Parameters:
  ///   - old: The bytes to come back to.
  ///   - new: The bytes to come from.
  package init(from old: [UInt8], to new: [UInt8]) {
    newCount = new.count
    newHash = StableHash.of64Bits(new)
    oldCount = old.count
    oldHash = StableHash.of64Bits(old)
    steps = old.withUnsafeBufferPointer { old in
      new.withUnsafeBufferPointer { new in Self.steps(old: old, new: new) }
    }
  }

  /// Whether `bytes` are those that the change led to.
  package func applies(to bytes: [UInt8]) -> Bool {
    bytes.count == newCount && StableHash.of64Bits(bytes) == newHash
  }

  /// Whether `bytes` are those from before the change.
  func isOriginal(_ bytes: [UInt8]) -> Bool {
    bytes.count == oldCount && StableHash.of64Bits(bytes) == oldHash
  }

  /// The original bytes.
  ///
  /// - Parameter name: Stands for the path in errors.
  /// - Throws: `MetadataError.changed` if `bytes` are not those that the change led to,
  ///   `.corruptUndo`.
  package func apply(to bytes: [UInt8], name: String) throws(MetadataError) -> [UInt8] {
    guard applies(to: bytes) else { throw .changed(path: name) }
    var result: [UInt8] = []
    result.reserveCapacity(oldCount)
    for step in steps {
      switch step {
      case .copy(let offset, let count):
        // The bounds were checked when the steps were read, or hold by construction.
        result += bytes[offset..<offset + count]
      case .insert(let inserted): result += inserted
      }
    }
    guard result.count == oldCount, StableHash.of64Bits(result) == oldHash else {
      throw .corruptUndo(path: name, reason: "it leads to other bytes than there were")
    }
    return result
  }

  // MARK: Finding the steps

  /// Bytes that are looked up at once: shorter matches cost more to write down than they save.
  private static let blockCount = 32

  /// Greedy, as rsync: a match found by its first block is made as long as it gets.
  private static func steps(
    old: UnsafeBufferPointer<UInt8>, new: UnsafeBufferPointer<UInt8>
  ) -> [Step] {
    var steps: [Step] = []
    var pending = 0
    func insert(upTo end: Int) {
      if end > pending { steps.append(.insert(Array(old[pending..<end]))) }
    }
    let blocks = BlockTable(new, blockCount: blockCount)
    var position = 0
    // Where the bytes behind the last match are to be expected: most changes are few.
    var expected = 0
    var hash = RollingHash(count: blockCount)
    var hashedAt = -1
    while position <= old.count - blockCount {
      if hashedAt == position - 1, position + blockCount <= old.count, hashedAt >= 0 {
        hash.roll(out: old[position - 1], in: old[position + blockCount - 1])
      } else {
        hash.start(old, at: position)
      }
      hashedAt = position
      let expectation = matches(old, position, new, expected) ? expected : nil
      guard
        let start = expectation
          ?? blocks.offset(of: hash.value).flatMap({ matches(old, position, new, $0) ? $0 : nil })
      else {
        position += 1
        expected += 1
        continue
      }
      var (first, from) = (position, start)
      while first > pending, from > 0, old[first - 1] == new[from - 1] {
        (first, from) = (first - 1, from - 1)
      }
      var (last, to) = (position + blockCount, start + blockCount)
      while last < old.count, to < new.count, old[last] == new[to] {
        (last, to) = (last + 1, to + 1)
      }
      insert(upTo: first)
      steps.append(.copy(offset: from, count: last - first))
      (pending, position, expected) = (last, last, to)
    }
    insert(upTo: old.count)
    return steps
  }

  private static func matches(
    _ old: UnsafeBufferPointer<UInt8>, _ position: Int, _ new: UnsafeBufferPointer<UInt8>,
    _ offset: Int
  ) -> Bool {
    guard offset + blockCount <= new.count else { return false }
    for index in 0..<blockCount where old[position + index] != new[offset + index] { return false }
    return true
  }

  /// A polynomial over a window of bytes.
  private struct RollingHash {
    private(set) var value: UInt32 = 0
    private let count: Int
    /// The factor of the byte that leaves.
    private let leaving: UInt32
    private static let base: UInt32 = 0x0100_0193

    init(count: Int) {
      self.count = count
      leaving = (1..<count).reduce(1) { factor, _ in factor &* Self.base }
    }

    mutating func start(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) {
      value = 0
      for index in offset..<offset + count { value = value &* Self.base &+ UInt32(bytes[index]) }
    }

    mutating func roll(out: UInt8, in next: UInt8) {
      value = (value &- UInt32(out) &* leaving) &* Self.base &+ UInt32(next)
    }
  }

  /// Where blocks of the new bytes begin, by their hashes; of several blocks in one place the first
  /// stays.
  private struct BlockTable {
    private var slots: [Int32]
    private let mask: UInt32

    init(_ bytes: UnsafeBufferPointer<UInt8>, blockCount: Int) {
      var size = 1024
      while size < 2 * bytes.count / blockCount { size *= 2 }
      slots = [Int32](repeating: -1, count: size)
      mask = UInt32(size - 1)
      var hash = RollingHash(count: blockCount)
      for offset in stride(from: 0, through: bytes.count - blockCount, by: blockCount) {
        hash.start(bytes, at: offset)
        let slot = Int(Self.mixed(hash.value) & mask)
        // Files are no longer than 1 GiB.
        if slots[slot] < 0 { slots[slot] = Int32(clamping: offset) }
      }
    }

    func offset(of hash: UInt32) -> Int? {
      let offset = slots[Int(Self.mixed(hash) & mask)]
      return offset < 0 ? nil : Int(offset)
    }

    /// The low bits of a polynomial know only the last bytes.
    private static func mixed(_ hash: UInt32) -> UInt32 {
      let first = (hash ^ hash >> 16) &* 0x7FEB_352D
      return (first ^ first >> 15) &* 0x846C_A68B ^ first >> 16
    }
  }

  // MARK: Serialization

  private static let magic = Array("cap\u{1}".utf8)

  /// “cap”, a version, count and hash of the new and of the old bytes, and the steps: a number of 7
  /// bits per byte, the lowest first, whose lowest bit tells a copy (1, followed by the offset) from
  /// an insertion (0, followed by the bytes), and whose others are the count.
  package var serialized: [UInt8] {
    var bytes = Self.magic
    for (count, hash) in [(newCount, newHash), (oldCount, oldHash)] {
      Self.append(UInt64(count), to: &bytes)
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: hash >> UInt64(shift)))
      }
    }
    for step in steps {
      switch step {
      case .copy(let offset, let count):
        Self.append(UInt64(count) << 1 | 1, to: &bytes)
        Self.append(UInt64(offset), to: &bytes)
      case .insert(let inserted):
        Self.append(UInt64(inserted.count) << 1, to: &bytes)
        bytes += inserted
      }
    }
    return bytes
  }

  /// - Parameter name: Stands for the path in errors.
  /// - Throws: `MetadataError.corruptUndo`.
  package init(serialized bytes: [UInt8], name: String) throws(MetadataError) {
    func damaged(_ reason: String) -> MetadataError { .corruptUndo(path: name, reason: reason) }
    guard bytes.starts(with: Self.magic) else { throw damaged("it does not begin like one") }
    var offset = Self.magic.count
    func number() throws(MetadataError) -> Int {
      var value: UInt64 = 0
      for shift in stride(from: UInt64(0), to: 63, by: 7) {
        guard offset < bytes.count else { throw damaged("it ends too soon") }
        let byte = bytes[offset]
        offset += 1
        value |= UInt64(byte & 0x7F) << shift
        if byte & 0x80 == 0 { return Int(value) }
      }
      throw damaged("a number is too large")
    }
    func hash() throws(MetadataError) -> UInt64 {
      guard offset + 8 <= bytes.count else { throw damaged("it ends too soon") }
      defer { offset += 8 }
      return bytes[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
    newCount = try number()
    newHash = try hash()
    oldCount = try number()
    oldHash = try hash()
    var steps: [Step] = []
    var total = 0
    while offset < bytes.count {
      let field = try number()
      let count = field >> 1
      // So that a few bytes cannot ask for more memory than the file had.
      guard count > 0, count <= oldCount - total else { throw damaged("it makes too many bytes") }
      total += count
      if field & 1 == 1 {
        let start = try number()
        guard start <= newCount, count <= newCount - start else {
          throw damaged("it copies from beyond the file")
        }
        steps.append(.copy(offset: start, count: count))
      } else {
        guard count <= bytes.count - offset else { throw damaged("it ends too soon") }
        steps.append(.insert(Array(bytes[offset..<offset + count])))
        offset += count
      }
    }
    guard total == oldCount else { throw damaged("it makes too few bytes") }
    self.steps = steps
  }

  private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
