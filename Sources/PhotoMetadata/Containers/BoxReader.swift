/// A box of a file in the ISO base media file format (ISO/IEC 14496-12, 4.2).
struct Box {
  let type: String
  let range: Range<Int>
  /// Behind the header.
  let content: Range<Int>

  /// The boxes one behind the other in a range, as far as they are valid and not too many; what is
  /// left over is behind the last of them.
  static func list(_ bytes: [UInt8], in range: Range<Int>) -> [Box] {
    var boxes: [Box] = []
    var offset = range.lowerBound
    while boxes.count < mostParts, let size = bytes.integer(at: offset, width: 4),
      range.upperBound - offset >= 8
    {
      var header = 8
      var length = size
      if size == 1 {
        header = 16
        length = bytes.integer(at: offset + 8, width: 8) ?? 0
      } else if size == 0 {
        // To the end of the file.
        length = range.upperBound - offset
      }
      guard length >= header, length <= range.upperBound - offset else { break }
      let type = String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self)
      boxes.append(
        Box(type: type, range: offset..<offset + length, content: offset + header..<offset + length)
      )
      offset += length
    }
    return boxes
  }

  /// The box around `content`, with a length of 32 bits, or of 64 where it has had that before.
  static func bytes(_ type: String, _ content: [UInt8], isLarge: Bool = false) -> [UInt8] {
    var box: [UInt8] = []
    let isLarge = isLarge || content.count >= 1 << 32 - 8
    box.append(isLarge ? 1 : content.count + 8, width: 4)
    box += type.utf8
    if isLarge { box.append(content.count + 16, width: 8) }
    return box + content
  }
}

/// Reads the fields of a box one by one; nil from where it ends.
struct BoxReader {
  private let bytes: [UInt8]
  private(set) var offset: Int
  let end: Int

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    offset = range.lowerBound
    end = range.upperBound
  }

  mutating func number(_ width: Int) -> Int? {
    guard width <= end - offset, let number = bytes.integer(at: offset, width: width) else {
      return nil
    }
    offset += width
    return number
  }

  /// A text up to a zero, or to the end of the box.
  mutating func text() -> String {
    let start = offset
    while offset < end, bytes[offset] != 0 { offset += 1 }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if offset < end { offset += 1 }
    return text
  }
}
