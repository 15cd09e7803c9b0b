internal import CImageMetadata

/// The chunks of a PNG file (PNG, third edition, 5.3).
struct PNGFile: PhotoFile {
  static let holdsIPTC = true

  let bytes: [UInt8]
  private(set) var fault: PhotoFileFault?
  private var chunks: [Chunk] = []

  private struct Chunk {
    /// Length, type, content and checksum.
    let range: Range<Int>
    var content: Range<Int> { range.lowerBound + 8..<range.upperBound - 4 }
  }

  /// Where the last complete chunk ends; bytes behind IEND stay as they are.
  private var end = 8

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    while true {
      guard let length = bytes.integer(at: end, width: 4), length <= bytes.count - end - 12 else {
        fault = .corrupt("a chunk ends beyond the file")
        break
      }
      let chunk = Chunk(range: end..<end + 12 + length)
      chunks.append(chunk)
      end = chunk.range.upperBound
      if has("IEND", chunk) { break }
    }
    if fault == nil, !chunks.contains(where: { has("IDAT", $0) }) {
      fault = .corrupt("no picture in it")
    }
  }

  /// Adds the chunks that a decoder needs (PNG, third edition, 5.4 and 11.2) and transparency; the
  /// picture's own data as one, however many chunks it came in.
  ///
  /// - Returns: false where there is no picture.
  func addPicture(to parts: inout PictureParts) -> Bool {
    let data = chunks.filter { has("IDAT", $0) }
    guard !data.isEmpty, parts.add("PNG data", data.map(\.content)) else { return false }
    for chunk in chunks where !has("IDAT", chunk) && !has("IEND", chunk) {
      // The fifth bit of the first letter says that it can be done without.
      let isCritical = bytes[chunk.range.lowerBound + 4] & 0x20 == 0
      guard isCritical || has("tRNS", chunk) else { continue }
      // With its name.
      let named = chunk.content.lowerBound - 4..<chunk.content.upperBound
      guard parts.add("PNG chunk", [named]) else { return false }
    }
    return true
  }

  /// What metadata is inflated to at most.
  private static let maximumTextCount = 1 << 24

  var blocks: MetadataBlocks {
    var blocks = MetadataBlocks()
    var profile: [UInt8]?
    for chunk in chunks {
      if has("eXIf", chunk) {
        blocks.exif = Array(bytes[chunk.content])
      } else if let text = text(chunk) {
        switch text.keyword {
        case Self.xmpKeyword: blocks.xmp = blocks.xmp ?? inflated(text)
        case Self.iptcKeyword:
          blocks.photoshop = blocks.photoshop ?? inflated(text).flatMap(Self.profile).map(Self.irb)
        case "Raw profile type exif", "Raw profile type APP1":
          profile = profile ?? inflated(text).flatMap(Self.profile)
        default: break
        }
      }
    }
    if blocks.exif == nil { blocks.exif = profile }
    return blocks
  }

  func replacing(xmp: [UInt8], photoshop: [UInt8]?) throws(PhotoFileFault) -> [UInt8] {
    guard xmp.count < 1 << 30, (photoshop?.count ?? 0) < 1 << 28 else { throw .noRoom }
    // Keyword, no compression, no language, no translated keyword.
    var newXMP: [UInt8]? = Self.chunk(
      "iTXt",
      Array(Self.xmpKeyword.utf8) + [0, 0, 0, 0, 0] + XMPPacket.wrapped(xmp, padding: 1024))
    var newProfile = photoshop.map {
      Self.chunk("tEXt", Array(Self.iptcKeyword.utf8) + [0] + Self.rawProfile($0))
    }
    let keywords = chunks.map { text($0)?.keyword }
    let hasXMP = keywords.contains(Self.xmpKeyword)
    let hasProfile = keywords.contains(Self.iptcKeyword)
    var result = Array(bytes[..<8])
    result.reserveCapacity(bytes.count + xmp.count + 3 * (photoshop?.count ?? 0) + 8192)
    for (chunk, keyword) in zip(chunks, keywords) {
      if has("IDAT", chunk) {
        // Readers that stop at the picture must have seen it.
        if !hasXMP, let new = newXMP { result += new }
        if !hasProfile, let new = newProfile { result += new }
        if !hasXMP { newXMP = nil }
        if !hasProfile { newProfile = nil }
      }
      if keyword == Self.xmpKeyword, let new = newXMP {
        result += new
        newXMP = nil
      } else if keyword == Self.iptcKeyword, let new = newProfile {
        result += new
        newProfile = nil
      } else {
        result += bytes[chunk.range]
      }
    }
    return result + bytes[end...]
  }

  private static let xmpKeyword = "XML:com.adobe.xmp"
  /// As ImageMagick, exiv2 and ExifTool have it; PNG itself has no place for IPTC.
  private static let iptcKeyword = "Raw profile type iptc"

  private func has(_ type: StaticString, _ chunk: Chunk) -> Bool {
    bytes.has(type, at: chunk.range.lowerBound + 4)
  }

  /// A chunk of text (PNG, third edition, 11.3.3).
  private struct Text {
    let keyword: String
    let content: Range<Int>
    let isCompressed: Bool
  }

  private func text(_ chunk: Chunk) -> Text? {
    let isInternational = has("iTXt", chunk)
    let isAlwaysCompressed = has("zTXt", chunk)
    guard isInternational || isAlwaysCompressed || has("tEXt", chunk) else { return nil }
    let content = chunk.content
    guard let keywordEnd = bytes[content].prefix(80).firstIndex(of: 0) else { return nil }
    let keyword = String(decoding: bytes[content.lowerBound..<keywordEnd], as: UTF8.self)
    var start = keywordEnd + 1
    var isCompressed = false
    if isAlwaysCompressed {
      // The method of compression.
      start += 1
      isCompressed = true
    } else if isInternational {
      isCompressed = bytes.integer(at: start, width: 1) == 1
      start += 2
      // Language and translated keyword.
      for _ in 0..<2 {
        guard start <= content.upperBound,
          let textEnd = bytes[start..<content.upperBound].firstIndex(of: 0)
        else { return nil }
        start = textEnd + 1
      }
    }
    guard start <= content.upperBound else { return nil }
    return Text(
      keyword: keyword, content: start..<content.upperBound, isCompressed: isCompressed)
  }

  private func inflated(_ text: Text) -> [UInt8]? {
    let content = Array(bytes[text.content])
    guard text.isCompressed else { return content }
    return try? shimBytes { inflated, report in
      cm_inflate(content, content.count, Self.maximumTextCount, &inflated, &report)
    }
  }

  /// The bytes of a raw profile: a line with its name, one with its length, hexadecimal digits.
  private static func profile(_ text: [UInt8]) -> [UInt8]? {
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
    guard lines.count >= 2,
      let count = Int(DescriptionText.trimmed(String(decoding: lines[1], as: UTF8.self)))
    else { return nil }
    var result: [UInt8] = []
    var high: UInt8?
    for byte in lines.dropFirst(2).joined() {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: continue
      }
      if let first = high {
        result.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return result.count == count ? result : nil
  }

  private static func rawProfile(_ bytes: [UInt8]) -> [UInt8] {
    let count = String(bytes.count)
    var text = Array("\niptc\n".utf8)
    text += Array((String(repeating: " ", count: max(0, 8 - count.count)) + count + "\n").utf8)
    let digits = Array("0123456789abcdef".utf8)
    for (index, byte) in bytes.enumerated() {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
      if index % 36 == 35 { text.append(UInt8(ascii: "\n")) }
    }
    if text.last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
    return text
  }

  /// Image resources; some programs write bare datasets instead.
  private static func irb(_ profile: [UInt8]) -> [UInt8] {
    profile.has("8BIM", at: 0) ? profile : PhotoshopResources.wrapped(datasets: profile)
  }

  private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    var chunk: [UInt8] = []
    chunk.append(content.count, width: 4)
    let checked = Array(type.utf8) + content
    chunk += checked
    chunk.append(Int(cm_crc32(0, checked, checked.count)), width: 4)
    return chunk
  }
}
