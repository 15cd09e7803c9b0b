/// Changes that an input asks for, so that a short one can change a large file anywhere.
struct Edits {
  private var input: ArraySlice<UInt8>

  init(_ input: some Collection<UInt8>) { self.input = Array(input)[...] }

  var isEmpty: Bool { input.isEmpty }

  /// The next number of so many bytes, as far as there are some.
  mutating func number(_ width: Int = 1) -> Int {
    var value = 0
    for _ in 0..<width { value = value << 8 | Int(input.popFirst() ?? 0) }
    return value
  }

  /// A number in `0..<count`; 0 where that is empty.
  mutating func number(below count: Int, width: Int = 1) -> Int {
    let value = number(width)
    return count <= 1 ? 0 : value % count
  }

  /// The next bytes, at most `count`.
  mutating func bytes(_ count: Int) -> [UInt8] {
    defer { input = input.dropFirst(count) }
    return Array(input.prefix(count))
  }

  /// Makes the next change to a file's bytes.
  mutating func change(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else {
      input = []
      return
    }
    let kind = number()
    let place = number(below: bytes.count, width: 3)
    switch kind % 8 {
    case 0...2: bytes[place] ^= 1 << UInt8(number(below: 8))
    case 3: bytes[place] = UInt8(number())
    case 4:
      for (offset, byte) in self.bytes(1 + number(below: 32)).enumerated()
      where place + offset < bytes.count {
        bytes[place + offset] = byte
      }
    case 5:
      // One page of a database in another's place.
      let (to, from) = (place / 4096 * 4096, number(below: bytes.count, width: 3) / 4096 * 4096)
      let page = Array(bytes[from..<min(from + 4096, bytes.count)])
      bytes.replaceSubrange(to..<min(to + page.count, bytes.count), with: page)
    case 6: bytes.removeSubrange(place..<min(place + 1 + number(2), bytes.count))
    default: bytes.removeSubrange(place...)
    }
  }

}
