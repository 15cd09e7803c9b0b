import Imaging
import PhotoMetadata
import TestSupport
import Testing

struct WebPFileTests {
  typealias Chunk = (type: String, content: [UInt8])

  private static func chunks(_ name: String) throws -> [Chunk] {
    let bytes = try photo("\(decoding)/\(name)")
    var chunks: [Chunk] = []
    var offset = 12
    while offset + 8 <= bytes.count {
      let length = number(bytes[offset + 4..<offset + 8].reversed())
      let type = String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
      chunks.append((type, Array(bytes[offset + 8..<offset + 8 + length])))
      offset += 8 + length + length % 2
    }
    return chunks
  }

  private static func file(_ chunks: [Chunk]) -> [UInt8] {
    let body = chunks.flatMap { type, content in
      Array(type.utf8) + PhotoBuilder.big(content.count, 4).reversed() + content
        + [UInt8](repeating: 0, count: content.count % 2)
    }
    return Array("RIFF".utf8) + PhotoBuilder.big(body.count + 4, 4).reversed()
      + Array("WEBP".utf8) + body
  }

  /// Readers pass by in a simple file what counts in an extended one, which it becomes: libwebp's
  /// demultiplexer then refuses it, or shows something else.
  @Test(arguments: ["two", "other", "ALPH", "ANIM", "ANMF", "ICCP", "EXIF", "XMP "])
  func `a simple file with parts of an extended one is refused`(_ kind: String) throws {
    var chunks = try Self.chunks("lossy.webp")
    #expect(chunks.map(\.type) == ["VP8 "])
    switch kind {
    case "two": chunks.append(chunks[0])
    case "other": chunks += try Self.chunks("lossless.webp")
    case "EXIF": chunks += [(kind, PhotoBuilder.exif()), (kind, PhotoBuilder.exif())]
    case "XMP ": chunks += [(kind, packet), (kind, packet)]
    default: chunks.insert((kind, [UInt8](repeating: 0, count: 24)), at: 0)
    }
    let bytes = Self.file(chunks)
    // Whatever comes first must be a picture, or the library does not read the file.
    if chunks[0].type == "VP8 " { #expect(try pixels(bytes).count > 0) }
    #expect {
      try described(bytes, "A dog.")
    } throws: { error in
      guard case .unsupported(_, "WebP", _)? = error as? MetadataError else { return false }
      return true
    }
  }

  private var packet: [UInt8] {
    Array(
      """
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
      xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>
      """.utf8)
  }

  @Test(arguments: ["lossy.webp", "lossless.webp", "alpha.webp", "animated.webp"])
  func `other parts stay where they are, and the file is as readable as before`(
    _ name: String
  ) throws {
    var chunks = try Self.chunks(name)
    let isSimple = chunks[0].type != "VP8X"
    chunks.append(("abcd", [1, 2, 3]))
    if isSimple { chunks.append(("EXIF", PhotoBuilder.exif())) }
    let bytes = Self.file(chunks) + [7, 7, 7]
    let written = try described(bytes, "A dog.")
    #expect(PhotoProperties(written)[.description]?.text == "A dog.")
    #expect(try pixels(written) == pixels(bytes))
    #expect(ImageDecoder.openedSize(of: written) == ImageDecoder.openedSize(of: bytes))
    #expect(written.suffix(3) == [7, 7, 7])
    // The flags of all that is in it.
    let flags = written[20]
    #expect(flags & 0x04 != 0 && (!isSimple || flags & 0x08 != 0))
  }

  @Test(arguments: [true, false])
  func `a last chunk without the byte behind it, or with one that is not counted, gets one`(
    isMissing: Bool
  ) throws {
    var bytes = Self.file(try Self.chunks("lossy.webp") + [("abcd", [1, 2, 3])])
    if isMissing { bytes.removeLast() }
    bytes[4] -= 1
    let written = try described(bytes, "A dog.")
    // Nothing is behind what the header counts.
    #expect(number(written[4..<8].reversed()) == written.count - 8)
    #expect(try pixels(written) == pixels(bytes))
    #expect(ImageDecoder.openedSize(of: written) != nil)
  }
}
