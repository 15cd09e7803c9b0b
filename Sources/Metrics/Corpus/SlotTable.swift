/// Gives keys small numbers in the order in which they come, from 0, until it is told to forget
/// them, which costs next to nothing.
struct SlotTable {
  private struct Entry {
    var key: UInt64 = 0
    var slot: UInt32 = 0
    /// Entries of an earlier round are free.
    var round: UInt32 = 0
  }

  private var entries: [Entry]
  private var round: UInt32 = 1
  private(set) var count = 0

  /// - Parameter capacity: how many keys there is room for at first.
  init(capacity: Int = 128) {
    var size = 256
    while size < 2 * capacity { size *= 2 }
    entries = [Entry](repeating: Entry(), count: size)
  }

  mutating func removeAll() {
    count = 0
    (round, _) = round.addingReportingOverflow(1)
    if round == 0 {
      entries = [Entry](repeating: Entry(), count: entries.count)
      round = 1
    }
  }

  /// The slot of a key, which is the next one, the `count` so far, for a new key.
  mutating func insert(_ key: UInt64) -> Int {
    let index = find(key)
    if entries[index].round == round { return Int(entries[index].slot) }
    entries[index] = Entry(key: key, slot: UInt32(count), round: round)
    count += 1
    if 2 * count > entries.count { grow() }
    return count - 1
  }

  /// The slot of a key; nil where it has none.
  func slot(of key: UInt64) -> Int? {
    let index = find(key)
    return entries[index].round == round ? Int(entries[index].slot) : nil
  }

  private func find(_ key: UInt64) -> Int {
    var index = Int(truncatingIfNeeded: mixed(key)) & (entries.count - 1)
    while entries[index].round == round, entries[index].key != key {
      index = (index + 1) & (entries.count - 1)
    }
    return index
  }

  private mutating func grow() {
    let old = entries.filter { $0.round == round }
    entries = [Entry](repeating: Entry(), count: 4 * entries.count)
    for entry in old { entries[find(entry.key)] = entry }
  }
}

/// A number of which every bit depends on every bit of the key: the end of SplitMix64.
func mixed(_ key: UInt64) -> UInt64 {
  var z = (key ^ (key >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}
