/// The encoding of XML as the beginning of a file tells it (XML 1.0, appendix F). XMP is to be
/// UTF-8, but is not always where a file of its own holds it.
enum XMLEncoding {
  /// The bytes as UTF-8, without byte order mark and without the XML declaration, which named another
  /// encoding and would be believed.
  static func utf8(_ bytes: [UInt8]) -> [UInt8] {
    if let encoding = wide(bytes) {
      guard let text = encoding.decode(bytes) else { return bytes }
      return withoutDeclaration(Array(text.utf8))
    }
    guard TextEncoding.utf8.decode(bytes) == nil else { return withoutDeclaration(bytes) }
    let text = decodedText(bytes, declared: declared(bytes))
    return withoutDeclaration(Array(text.utf8))
  }

  /// UTF-16, by its byte order mark or the beginning of a tag.
  private static func wide(_ bytes: [UInt8]) -> TextEncoding? {
    let beginnings: [([UInt8], TextEncoding)] = [
      ([0xFF, 0xFE], .utf16LittleEndian), ([0xFE, 0xFF], .utf16BigEndian),
      ([0x3C, 0], .utf16LittleEndian), ([0, 0x3C], .utf16BigEndian),
    ]
    return beginnings.first { bytes.starts(with: $0.0) }?.1
  }

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Where the declaration ends; nil where there is none.
  private static func declarationEnd(_ bytes: [UInt8]) -> Int? {
    guard bytes.has("<?xml ", at: 0) else { return nil }
    return bytes.firstIndex(of: "?>", in: 0..<bytes.count).map { $0 + 2 }
  }

  private static func withoutDeclaration(_ bytes: [UInt8]) -> [UInt8] {
    let bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    return declarationEnd(bytes).map { Array(bytes[$0...]) } ?? bytes
  }

  /// The encoding that the declaration names.
  private static func declared(_ bytes: [UInt8]) -> TextEncoding? {
    guard let end = declarationEnd(bytes),
      let name = bytes.firstIndex(of: "encoding", in: 0..<end)
    else { return nil }
    // encoding = "NAME"
    let parts = bytes[name..<end].split(omittingEmptySubsequences: false) {
      $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'")
    }
    guard parts.count >= 2 else { return nil }
    return TextEncoding(declared: String(decoding: parts[1], as: UTF8.self))
  }
}
