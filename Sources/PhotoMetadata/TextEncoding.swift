internal import CImageMetadata

/// How bytes stand for characters.
struct TextEncoding: Equatable {
  /// As iconv calls it.
  let name: String

  static let utf8 = TextEncoding(name: "UTF-8")
  static let windows1252 = TextEncoding(name: "WINDOWS-1252")
  static let utf16LittleEndian = TextEncoding(name: "UTF-16LE")
  static let utf16BigEndian = TextEncoding(name: "UTF-16BE")
  static let japanese = TextEncoding(name: "ISO-2022-JP")

  /// The text that bytes stand for; nil where they are not valid.
  func decode(_ bytes: some Collection<UInt8>) -> String? {
    if self == .utf8 { return String(validating: bytes, as: UTF8.self) }
    let bytes = Array(bytes)
    let converted = try? shimBytes { buffer, report in
      cm_convert(name, Self.utf8.name, bytes, bytes.count, &buffer, &report)
    }
    return converted.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The bytes that stand for a text; nil where it has characters that there are none for.
  func encode(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    if self == .utf8 { return bytes }
    return try? shimBytes { buffer, report in
      cm_convert(Self.utf8.name, name, bytes, bytes.count, &buffer, &report)
    }
  }

  /// The encoding that an XML declaration names; nil for one that is not read here.
  ///
  /// Names go no further than this list: iconv would take more than names.
  init?(declared name: String) {
    let name = name.uppercased()
    guard Self.declarable.contains(name) else { return nil }
    self.init(name: name)
  }

  private init(name: String) { self.name = name }

  /// Names from IANA's list of character sets.
  private static let declarable: Set<String> = Set(
    ["UTF-8", "US-ASCII", "KOI8-R", "KOI8-U", "SHIFT_JIS", "EUC-JP", "EUC-KR", "GB2312", "GBK"]
      + ["GB18030", "BIG5", "WINDOWS-874", "MACINTOSH", "IBM437", "IBM850", "IBM852"]
      + (1...16).map { "ISO-8859-\($0)" } + (1250...1258).map { "WINDOWS-\($0)" })

  /// The encoding that dataset 1:90 of IPTC-IIM announces (ISO/IEC 2022); nil where that is not one
  /// of those that are read here.
  init?(announcement: [UInt8]) {
    let escape: UInt8 = 0x1B
    guard announcement.count >= 3, announcement[0] == escape else { return nil }
    switch announcement[1] {
    // Another coding system: UTF-8, or UTF-8 of level 1, 2 or 3.
    case UInt8(ascii: "%"):
      let isUTF8 = ["G", "/G", "/H", "/I"].contains { announcement[2...].elementsEqual($0.utf8) }
      guard isUTF8 else { return nil }
      self = .utf8
    // Sets of 96 characters as G1, G2 or G3.
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"):
      guard let part = Self.registered[announcement[2]] else { return nil }
      self.init(name: "ISO-8859-\(part)")
    default: return nil
    }
  }

  /// The parts of ISO 8859 by the final byte of their escape sequence (International Register of
  /// Coded Character Sets, 2.4).
  private static let registered: [UInt8: Int] = [
    UInt8(ascii: "A"): 1, UInt8(ascii: "B"): 2, UInt8(ascii: "C"): 3, UInt8(ascii: "D"): 4,
    UInt8(ascii: "L"): 5, UInt8(ascii: "G"): 6, UInt8(ascii: "F"): 7, UInt8(ascii: "H"): 8,
    UInt8(ascii: "M"): 9, UInt8(ascii: "V"): 10, UInt8(ascii: "T"): 11, UInt8(ascii: "Y"): 13,
    UInt8(ascii: "_"): 14, UInt8(ascii: "b"): 15, UInt8(ascii: "f"): 16,
  ]
}

/// Text whose encoding is not certain: UTF-8 where it is valid as such, else what is declared, else
/// Windows-1252, and ISO 8859-1 where it has bytes that stand for nothing there.
func decodedText(
  _ bytes: some Collection<UInt8>, declared: TextEncoding? = nil
) -> String {
  TextEncoding.utf8.decode(bytes) ?? declared?.decode(bytes)
    ?? TextEncoding.windows1252.decode(bytes)
    ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}
