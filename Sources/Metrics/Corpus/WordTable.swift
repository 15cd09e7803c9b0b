/// Numbers words in the order in which they come.
///
/// Words are their bytes: two spellings of “é” are two words, as they are for Python, while Swift's
/// strings compare as equal.
struct WordTable: Sendable {
  private var bytes: [UInt8] = []
  /// Where each word ends in `bytes`.
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  /// One more than the number of the word that is kept here; 0 where there is none.
  private var slots = [UInt32](repeating: 0, count: 1 << 10)

  var count: Int { ends.count }

  /// A word's text.
  func word(_ identifier: UInt32) -> String {
    String(decoding: bytes[range(Int(identifier))], as: UTF8.self)
  }

  /// The number of a word, which is a new one for a new word.
  mutating func identifier(of word: UnsafeBufferPointer<UInt8>) -> UInt32 {
    identifier(of: word, hash: Self.hash(word))
  }

  /// Eight bytes at a time, from a start that nobody who writes a file knows.
  private static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash = seed &+ UInt64(word.count)
    var start = 0
    repeat {
      let end = min(start + 8, word.count)
      var block: UInt64 = 0
      for index in start..<end { block = block << 8 | UInt64(word[index]) }
      hash = mixed(hash ^ block)
      start = end
    } while start < word.count
    return hash
  }

  private static let seed = UInt64.random(in: 0...UInt64.max)

  /// The numbers here of the words of another table, by their numbers there.
  mutating func merge(_ other: WordTable) -> [UInt32] {
    other.bytes.withUnsafeBufferPointer { bytes in
      other.ends.indices.map { word in
        identifier(
          of: UnsafeBufferPointer(rebasing: bytes[other.range(word)]), hash: other.hashes[word])
      }
    }
  }

  private mutating func identifier(of word: UnsafeBufferPointer<UInt8>, hash: UInt64) -> UInt32 {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let identifier = slots[slot] - 1
      if hashes[Int(identifier)] == hash, isEqual(Int(identifier), word) { return identifier }
      slot = (slot + 1) & (slots.count - 1)
    }
    bytes.append(contentsOf: word)
    ends.append(bytes.count)
    hashes.append(hash)
    slots[slot] = UInt32(ends.count)
    if 2 * ends.count > slots.count { grow() }
    return UInt32(ends.count - 1)
  }

  private func range(_ word: Int) -> Range<Int> { (word == 0 ? 0 : ends[word - 1])..<ends[word] }

  private func isEqual(_ word: Int, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
    let range = range(word)
    guard range.count == other.count else { return false }
    for offset in 0..<other.count where bytes[range.lowerBound + offset] != other[offset] {
      return false
    }
    return true
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: 4 * slots.count)
    for (word, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(word + 1)
    }
  }
}
