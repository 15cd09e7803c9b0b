extension [UInt8] {
  /// The unsigned number of 0 to 8 bytes at an offset, or nil where the bytes end before it does or
  /// it is beyond `Int`. A number without bytes is 0.
  func integer(at offset: Int, width: Int, isLittleEndian: Bool = false) -> Int? {
    guard offset >= 0, width <= count, offset <= count - width else { return nil }
    var value: UInt64 = 0
    for index in offset..<offset + width {
      value =
        isLittleEndian
        ? value | UInt64(self[index]) << (8 * UInt64(index - offset))
        : value << 8 | UInt64(self[index])
    }
    return Int(exactly: value)
  }

  /// Appends a number in `width` bytes, the highest first; it must fit.
  mutating func append(_ value: Int, width: Int) {
    precondition(value >= 0 && (width >= 8 || value >> (8 * width) == 0), "\(value) in \(width)")
    for index in stride(from: width - 1, through: 0, by: -1) {
      append(UInt8(truncatingIfNeeded: value >> (8 * index)))
    }
  }

  /// Appends a number in `width` bytes, the lowest first; it must fit.
  mutating func append(littleEndian value: Int, width: Int) {
    precondition(value >= 0 && (width >= 8 || value >> (8 * width) == 0), "\(value) in \(width)")
    for index in 0..<width { append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
  }

  /// Puts a number over `width` bytes at an offset, the highest first; it must fit.
  mutating func overwrite(_ value: Int, at offset: Int, width: Int) {
    var number: [UInt8] = []
    number.append(value, width: width)
    replaceSubrange(offset..<offset + width, with: number)
  }

  /// Whether the bytes from an offset on begin with `text`.
  func has(_ text: StaticString, at offset: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard offset >= 0, length <= count, offset <= count - length else { return false }
    return text.withUTF8Buffer { code in
      (0..<length).allSatisfy { self[offset + $0] == code[$0] }
    }
  }

  /// Where `text` first stands in `range`.
  func firstIndex(of text: StaticString, in range: Range<Int>) -> Int? {
    let length = text.utf8CodeUnitCount
    guard range.count >= length, length > 0 else { return nil }
    return withUnsafeBufferPointer { bytes in
      text.withUTF8Buffer { code in
        var index = range.lowerBound
        while index <= range.upperBound - length {
          if bytes[index] == code[0], (1..<length).allSatisfy({ bytes[index + $0] == code[$0] }) {
            return index
          }
          index += 1
        }
        return nil
      }
    }
  }

  func contains(_ text: StaticString) -> Bool {
    firstIndex(of: text, in: 0..<count) != nil
  }
}
