internal import CImageCodecs

/// A text in a PNG file: its chunks tEXt, zTXt and iTXt (PNG, third edition, 11.3.3).
package struct PNGText {
  package let keyword: String
  /// Its encoding is UTF-8, and ISO 8859-1 where this is not so.
  package let isInternational: Bool
  private let content: ArraySlice<UInt8>
  private let isCompressed: Bool

  /// What a text is inflated to at most.
  private static let maximumCount = 1 << 24

  /// - Parameters:
  ///   - type: the four bytes of the chunk's type.
  ///   - chunk: what is in it.
  /// - Returns: nil for chunks that hold no text.
  package init?(type: some Sequence<UInt8>, chunk: ArraySlice<UInt8>) {
    let isInternational = type.elementsEqual("iTXt".utf8)
    let isAlwaysCompressed = type.elementsEqual("zTXt".utf8)
    guard isInternational || isAlwaysCompressed || type.elementsEqual("tEXt".utf8),
      let keywordEnd = chunk.prefix(80).firstIndex(of: 0)
    else { return nil }
    self.isInternational = isInternational
    keyword = String(decoding: chunk[..<keywordEnd], as: UTF8.self)
    var rest = chunk[(keywordEnd + 1)...]
    if isAlwaysCompressed {
      // The method of compression.
      rest = rest.dropFirst()
      isCompressed = true
    } else if isInternational {
      isCompressed = rest.first == 1
      rest = rest.dropFirst(2)
      // Language and translated keyword.
      for _ in 0..<2 {
        guard let end = rest.firstIndex(of: 0) else { return nil }
        rest = rest[(end + 1)...]
      }
    } else {
      isCompressed = false
    }
    content = rest
  }

  /// The text, inflated; nil where that fails.
  package var bytes: [UInt8]? {
    guard isCompressed else { return Array(content) }
    var buffer = ci_buffer()
    defer { ci_buffer_free(&buffer) }
    var report = ci_report()
    let status = content.withUnsafeBufferPointer {
      ci_inflate($0.baseAddress, $0.count, Self.maximumCount, &buffer, &report)
    }
    guard status == CI_OK else { return nil }
    return Array(UnsafeBufferPointer(start: buffer.bytes, count: buffer.count))
  }

  /// The bytes that the text spells in ImageMagick's way: a line with a name, one with their number,
  /// and hexadecimal digits. Nil where it does not.
  package var profile: [UInt8]? {
    guard let text = bytes else { return nil }
    let lines = text.split(
      separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: true)
    guard lines.count == 3,
      let count = Int(String(decoding: lines[1].filter { $0 > 0x20 }, as: UTF8.self))
    else { return nil }
    var result: [UInt8] = []
    var high: UInt8?
    for byte in lines[2] {
      guard let digit = Self.digit(byte) else { continue }
      if let first = high {
        result.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return result.count == count ? result : nil
  }

  /// Whether the text is called a profile of that kind, in small letters, as “exif”, “app1”, “xmp”,
  /// “iptc” or “8bim”.
  package func holdsProfile(_ kind: String) -> Bool {
    keyword.lowercased() == "raw profile type " + kind
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
