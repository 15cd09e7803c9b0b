internal import CImageMetadata
internal import Imaging

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
      guard chunks.count < mostParts else {
        fault = .tooManyParts
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
    guard chunks.count < mostParts else { return false }
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

  var blocks: MetadataBlocks {
    var blocks = MetadataBlocks()
    for text in texts {
      switch text.role {
      case .xmp: blocks.addXMP(text.content[...])
      case .photoshop: blocks.addPhotoshop(Self.irb(text.content))
      case .exif: blocks.exif = blocks.exif ?? text.content
      case .comment(let place):
        blocks.comments.append(
          MetadataBlocks.Comment(place: place, text: decodedText(text.content)))
      }
    }
    if let chunk = chunks.last(where: { has("eXIf", $0) }) {
      blocks.exif = Array(bytes[chunk.content])
    }
    return blocks
  }

  /// A manifest store of C2PA's.
  var isSigned: Bool { chunks.contains { has("caBX", $0) } }

  func replacing(xmp: [UInt8], photoshop: [UInt8]?) throws(PhotoFileFault) -> [UInt8] {
    guard xmp.count < 1 << 30, (photoshop?.count ?? 0) < 1 << 28 else { throw .noRoom }
    // Keyword, no compression, no language, no translated keyword.
    var newXMP: [UInt8]? = Self.chunk(
      "iTXt",
      Array(Self.xmpKeyword.utf8) + [0, 0, 0, 0, 0] + XMPPacket.wrapped(xmp, padding: 1024))
    let texts = texts
    let oldXMP = texts.first { $0.role == .xmp }?.index
    let oldProfile = texts.first { $0.role == .photoshop }
    let oldPhotoshop = oldProfile?.index
    let keyword = oldProfile?.keyword ?? Self.iptcKeyword
    var newPhotoshop = photoshop.map { $0.isEmpty ? [] : Self.profileChunk(keyword, $0) }
    var result = Array(bytes[..<8])
    result.reserveCapacity(bytes.count + xmp.count + 3 * (photoshop?.count ?? 0) + 8192)
    for (index, chunk) in chunks.enumerated() {
      if has("IDAT", chunk) {
        // Readers that stop at the picture must have seen it.
        if oldXMP == nil, let new = newXMP { result += new }
        if oldPhotoshop == nil, let new = newPhotoshop { result += new }
        if oldXMP == nil { newXMP = nil }
        if oldPhotoshop == nil { newPhotoshop = nil }
      }
      if index == oldXMP, let new = newXMP {
        result += new
      } else if index == oldPhotoshop, let new = newPhotoshop {
        result += new
      } else {
        result += bytes[chunk.range]
      }
    }
    return result + bytes[end...]
  }

  private static let xmpKeyword = "XML:com.adobe.xmp"
  /// As ImageMagick, exiv2 and ExifTool have it; PNG itself has no place for IPTC.
  private static let iptcKeyword = "Raw profile type iptc"
  private static let xmpHeader: StaticString = "http://ns.adobe.com/xap/1.0/\0"

  /// A text that this program reads.
  private struct FoundText {
    /// Its chunk's.
    let index: Int
    let keyword: String
    let role: Role
    /// What the text or the profile in it says.
    let content: [UInt8]
  }

  /// More texts are not looked at, nor longer comments, so that a few compressed bytes cannot ask for
  /// all memory.
  private static let maximumTexts = 32
  private static let maximumComment = 1 << 16

  private var texts: [FoundText] {
    var texts: [FoundText] = []
    var (comments, blocks) = (0, 0)
    for (index, chunk) in chunks.enumerated() {
      guard let text = text(chunk), let role = Role(text) else { continue }
      // Apart, so that comments do not hide what this program itself has written behind them.
      let isComment = if case .comment = role { true } else { false }
      if isComment { comments += 1 } else { blocks += 1 }
      guard (isComment ? comments : blocks) <= Self.maximumTexts else { continue }
      guard var content = role.isPlain(text) ? text.bytes : text.profile else { continue }
      if isComment, content.count > Self.maximumComment { continue }
      var found = role
      if role != .photoshop, !role.isPlain(text), content.has(Self.xmpHeader, at: 0) {
        // APP1 segments hold either.
        content.removeFirst(Self.xmpHeader.utf8CodeUnitCount)
        found = .xmp
      }
      texts.append(FoundText(index: index, keyword: text.keyword, role: found, content: content))
    }
    return texts
  }

  /// What a text is to this program.
  private enum Role: Equatable {
    case xmp, photoshop, exif
    case comment(PhotoDescription.Place)

    init?(_ text: PNGText) {
      if text.keyword == PNGFile.xmpKeyword || text.holdsProfile("xmp") {
        self = .xmp
      } else if ["iptc", "8bim", "photoshop"].contains(where: text.holdsProfile) {
        self = .photoshop
      } else if text.holdsProfile("exif") || text.holdsProfile("app1") {
        self = .exif
      } else if let place = PNGFile.places[text.keyword.lowercased()] {
        self = .comment(place)
      } else {
        return nil
      }
    }

    /// Whether a text is itself, instead of a profile in it, what is looked for.
    func isPlain(_ text: PNGText) -> Bool {
      if case .comment = self { return true }
      return text.keyword == PNGFile.xmpKeyword
    }
  }

  /// What people write, by keyword in small letters: those of PNG, third edition, 11.3.3.1, and some
  /// that programs add.
  private static let places: [String: PhotoDescription.Place] = [
    "description": .pngText, "comment": .pngText, "caption": .pngText, "usercomment": .pngText,
    "title": .pngTitle, "headline": .pngTitle, "keywords": .pngKeywords,
  ]

  private func has(_ type: StaticString, _ chunk: Chunk) -> Bool {
    bytes.has(type, at: chunk.range.lowerBound + 4)
  }

  private func text(_ chunk: Chunk) -> PNGText? {
    let start = chunk.range.lowerBound
    return PNGText(type: bytes[start + 4..<start + 8], chunk: bytes[chunk.content])
  }

  private static func profileChunk(_ keyword: String, _ bytes: [UInt8]) -> [UInt8] {
    chunk("tEXt", Array(keyword.utf8) + [0] + rawProfile(bytes))
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
