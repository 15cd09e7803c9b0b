/// Makes UTF-8 of UTF-16 that comes piece by piece. What belongs to no character becomes U+FFFD.
struct UTF16Pieces {
  private let isLittleEndian: Bool
  /// The first half of a unit.
  private var half: UInt8?
  /// The first unit of a character that has two.
  private var high: UInt16?

  init(isLittleEndian: Bool) { self.isLittleEndian = isLittleEndian }

  /// Appends what the bytes hold to a text of UTF-8.
  mutating func decode(_ bytes: UnsafeRawBufferPointer, into text: inout [UInt8]) {
    for byte in bytes {
      guard let first = half else {
        half = byte
        continue
      }
      half = nil
      let (upper, lower) = isLittleEndian ? (byte, first) : (first, byte)
      append(UInt16(upper) << 8 | UInt16(lower), to: &text)
    }
  }

  /// Appends what is left at the end.
  mutating func finish(into text: inout [UInt8]) {
    if high != nil || half != nil { Self.append("\u{FFFD}", to: &text) }
    (half, high) = (nil, nil)
  }

  private mutating func append(_ unit: UInt16, to text: inout [UInt8]) {
    if let first = high {
      high = nil
      if UTF16.isTrailSurrogate(unit) {
        let value = 0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(unit & 0x3FF))
        Self.append(Unicode.Scalar(value) ?? "\u{FFFD}", to: &text)
        return
      }
      Self.append("\u{FFFD}", to: &text)
    }
    if UTF16.isLeadSurrogate(unit) {
      high = unit
    } else {
      Self.append(Unicode.Scalar(unit) ?? "\u{FFFD}", to: &text)
    }
  }

  private static func append(_ scalar: Unicode.Scalar, to text: inout [UInt8]) {
    text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }
}
