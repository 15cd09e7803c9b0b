import Tensors

extension SeededRandom {
  mutating func below(_ limit: Int) -> Int { limit <= 0 ? 0 : Int(next() % UInt64(limit)) }
}

/// Damaged copies of a file, the same on every run: bits and bytes changed, sizes made extreme, parts
/// cut out, doubled or cut off.
func mutated(_ bytes: [UInt8], count: Int, seed: UInt64, body: ([UInt8]) throws -> Void) rethrows {
  var random = SeededRandom(seed: seed)
  for _ in 0..<count {
    var copy = bytes
    for _ in 0...random.below(4) where !copy.isEmpty {
      // Metadata stands at the beginning of most files.
      let end = random.below(4) == 0 ? copy.count : min(copy.count, 4096)
      let offset = random.below(end)
      switch random.below(6) {
      case 0: copy[offset] ^= 1 << UInt8(random.below(8))
      case 1: copy[offset] = UInt8(random.below(256))
      case 2:
        let extremes: [UInt8] = [0x00, 0xFF, 0x7F, 0x80]
        let value = extremes[random.below(4)]
        for index in offset..<min(copy.count, offset + [1, 2, 4, 8][random.below(4)]) {
          copy[index] = value
        }
      case 3: copy.removeSubrange(offset..<min(copy.count, offset + 1 + random.below(64)))
      case 4:
        let part = copy[offset..<min(copy.count, offset + 1 + random.below(64))]
        copy.insert(contentsOf: part, at: offset)
      default: if random.below(8) == 0 { copy.removeSubrange(offset...) }
      }
    }
    try body(copy)
  }
}
