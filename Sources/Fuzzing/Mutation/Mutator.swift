internal import Tensors

/// Changes inputs at random, the same way for the same seed.
struct Mutator {
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// A number in `0..<count`; 0 where that is empty.
  mutating func number(below count: Int) -> Int {
    count <= 1 ? 0 : Int.random(in: 0..<count, using: &random)
  }

  /// True in one of `count` cases.
  mutating func one(in count: Int) -> Bool { number(below: count) == 0 }

  /// A part of so many bytes, short more often than long.
  mutating func range(in count: Int) -> Range<Int> {
    let start = number(below: count)
    let longest = min(count - start, 1 << number(below: 12))
    return start..<start + (longest <= 0 ? 0 : 1 + number(below: longest))
  }

  /// Numbers at which readers of files go wrong.
  private static let numbers: [UInt64] = [
    0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 1023, 1024, 4096, 0x7FFF,
    0x8000, 0xFFFE, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF,
    0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, .max,
  ]

  /// One or some small changes anywhere.
  mutating func bytes(_ input: [UInt8]) -> [UInt8] {
    var bytes = input
    for _ in 0...number(below: 4) { change(&bytes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = [UInt8.random(in: 0...255, using: &random)]
      return
    }
    let place = number(below: bytes.count)
    let part = range(in: bytes.count)
    switch number(below: 8) {
    case 0: bytes[place] ^= 1 << UInt8(number(below: 8))
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 2:
      let value = Self.numbers[number(below: Self.numbers.count)]
      let width = [1, 2, 4, 8][number(below: 4)]
      let isLittle = one(in: 2)
      for index in 0..<width where place + index < bytes.count {
        let shift = 8 * (isLittle ? index : width - 1 - index)
        bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(shift))
      }
    case 3: bytes.removeSubrange(part)
    case 4: bytes.insert(contentsOf: bytes[part], at: place)
    case 5:
      for (offset, byte) in Array(bytes[part]).enumerated() where place + offset < bytes.count {
        bytes[place + offset] = byte
      }
    case 6: bytes[place] &+= UInt8(number(below: 35)) &- 17
    default: if one(in: 4) { bytes.removeSubrange(place...) } else { bytes[place] = 0xFF }
    }
  }
}
