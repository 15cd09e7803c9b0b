internal import Imaging

/// The chunks of a WebP file (RFC 9649).
struct WebPFile: PhotoFile {
  static let holdsIPTC = false

  let bytes: [UInt8]
  private(set) var fault: PhotoFileFault?
  private var chunks: [Chunk] = []
  /// Where the RIFF chunk ends, and others' bytes may begin.
  private var end = 12

  private struct Chunk {
    /// Type, length, content, and a byte where the length is odd.
    let range: Range<Int>
    let content: Range<Int>
  }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    guard let size = bytes.integer(at: 4, width: 4, isLittleEndian: true), size >= 4 else {
      fault = .corrupt("its header is damaged")
      return
    }
    if size > bytes.count - 8 { fault = .corrupt("it is truncated") }
    let riffEnd = min(8 + size, bytes.count)
    while end < riffEnd {
      guard let length = bytes.integer(at: end + 4, width: 4, isLittleEndian: true),
        length <= riffEnd - end - 8
      else {
        fault = .corrupt("a chunk ends beyond the file")
        return
      }
      guard chunks.count < mostParts else {
        fault = .tooManyParts
        return
      }
      // Some writers leave out the byte behind an odd last chunk, or do not count it.
      let limit = riffEnd + 1 == bytes.count ? bytes.count : riffEnd
      let next = min(end + 8 + length + length % 2, limit)
      chunks.append(Chunk(range: end..<next, content: end + 8..<end + 8 + length))
      end = next
    }
    if fault == nil, canvas == nil { fault = .corrupt("no picture in it") }
  }

  var blocks: MetadataBlocks {
    var blocks = MetadataBlocks()
    for chunk in chunks {
      if has("EXIF", chunk) {
        blocks.exif = blocks.exif ?? Array(bytes[chunk.content])
      } else if has("XMP ", chunk) {
        blocks.addXMP(bytes[chunk.content])
      }
    }
    return blocks
  }

  /// A manifest store of C2PA's.
  var isSigned: Bool { chunks.contains { has("C2PA", $0) } }

  func replacing(xmp: [UInt8], photoshop: [UInt8]?) throws(PhotoFileFault) -> [UInt8] {
    guard let canvas else { throw .corrupt("no picture in it") }
    var newXMP: [UInt8]? = Self.chunk("XMP ", XMPPacket.wrapped(xmp, padding: 1024))
    var result = Array(bytes[..<12])
    result.reserveCapacity(bytes.count + xmp.count + 8192)
    if !chunks.contains(where: { has("VP8X", $0) }) {
      try requireSimple()
      let hasEXIF = chunks.contains { has("EXIF", $0) }
      // A simple file becomes an extended one: flags, and width and height less 1.
      var header: [UInt8] = [(canvas.hasAlpha ? 0x10 : 0) | (hasEXIF ? 0x08 : 0), 0, 0, 0]
      header.append(littleEndian: canvas.size.width - 1, width: 3)
      header.append(littleEndian: canvas.size.height - 1, width: 3)
      result += Self.chunk("VP8X", header)
    }
    for chunk in chunks {
      if has("XMP ", chunk), let new = newXMP {
        result += new
        newXMP = nil
      } else {
        result += bytes[chunk.range]
        if chunk.range.count % 2 != 0 { result.append(0) }
      }
    }
    if let new = newXMP { result += new }
    // VP8X comes first, and its first byte holds the flags.
    guard result.has("VP8X", at: 12) else { throw .corrupt("its header is not at its beginning") }
    result[20] |= 0x04
    guard let size = UInt32(exactly: result.count - 8) else { throw .noRoom }
    var sizeField: [UInt8] = []
    sizeField.append(littleEndian: Int(size), width: 4)
    result.replaceSubrange(4..<8, with: sizeField)
    return result + bytes[end...]
  }

  /// Refuses a simple file with parts that readers pass by in such a one, but not in an extended one:
  /// further pictures, for which libwebp's demultiplexer refuses it, transparency, frames, colours.
  private func requireSimple() throws(PhotoFileFault) {
    func count(_ types: [StaticString]) -> Int {
      chunks.count { chunk in types.contains { has($0, chunk) } }
    }
    guard count(["VP8 ", "VP8L"]) == 1 else { throw .unsupported("it has two pictures in it") }
    guard count(["ALPH", "ANIM", "ANMF", "FRGM", "ICCP"]) == 0, count(["EXIF"]) <= 1,
      count(["XMP "]) <= 1
    else { throw .unsupported("it has parts that its kind of file has not") }
  }

  /// Adds the picture, its transparency, and the frames of an animation with their canvas.
  ///
  /// - Returns: false where there is no picture.
  func addPicture(to parts: inout PictureParts) -> Bool {
    guard chunks.count < mostParts, let canvas else { return false }
    var hasPicture = false
    for chunk in chunks {
      let isFrame = has("ANMF", chunk)
      if isFrame, !hasPicture {
        parts.add("WebP canvas", value: Array("\(canvas.size.width) \(canvas.size.height)".utf8))
      }
      let isPicture = isFrame || has("VP8 ", chunk) || has("VP8L", chunk)
      guard isPicture || has("ALPH", chunk) || has("ANIM", chunk) else { continue }
      hasPicture = hasPicture || isPicture
      let name = chunk.range.lowerBound..<chunk.range.lowerBound + 4
      guard parts.add("WebP chunk", [name, chunk.content]) else { return false }
    }
    return hasPicture
  }

  private func has(_ type: StaticString, _ chunk: Chunk) -> Bool {
    bytes.has(type, at: chunk.range.lowerBound)
  }

  /// The size of the picture, and whether it may have transparent parts; nil where there is none.
  private var canvas: (size: ImageSize, hasAlpha: Bool)? {
    for chunk in chunks {
      let start = chunk.content.lowerBound
      func number(_ offset: Int, _ width: Int) -> Int? {
        guard offset + width <= chunk.content.count else { return nil }
        return bytes.integer(at: start + offset, width: width, isLittleEndian: true)
      }
      if has("VP8X", chunk), let flags = number(0, 1), let width = number(4, 3),
        let height = number(7, 3)
      {
        return (ImageSize(width: width + 1, height: height + 1), flags & 0x10 != 0)
      }
      // RFC 6386, 9.1: a tag of three bytes, three of a start code, two numbers of 14 bits.
      if has("VP8 ", chunk), number(3, 3) == 0x2A019D, let width = number(6, 2),
        let height = number(8, 2), width & 0x3FFF > 0, height & 0x3FFF > 0
      {
        return (ImageSize(width: width & 0x3FFF, height: height & 0x3FFF), false)
      }
      // RFC 9649, 3.4: a byte of 0x2F, two numbers of 14 bits less 1, a bit for transparency.
      if has("VP8L", chunk), number(0, 1) == 0x2F, let bits = number(1, 4) {
        let size = ImageSize(width: (bits & 0x3FFF) + 1, height: (bits >> 14 & 0x3FFF) + 1)
        return (size, bits >> 28 & 1 == 1)
      }
    }
    return nil
  }

  private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    var chunk = Array(type.utf8)
    chunk.append(littleEndian: content.count, width: 4)
    chunk += content
    if content.count % 2 != 0 { chunk.append(0) }
    return chunk
  }
}
