import Imaging
import PhotoMetadata
import TestSupport
import Testing

/// Files that are not as they should be, but are read: after the description is in them they are
/// read as before, and are whole again when it is taken back.
struct StructureTests {
  private static func expectSamePicture(_ bytes: [UInt8], _ name: String) throws {
    let before = try pixels(bytes)
    let written = try described(bytes, "A dog.")
    #expect(PhotoProperties(written)[.description]?.text == "A dog.", "\(name)")
    #expect(try pixels(written) == before, "\(name)")
    #expect(ImageDecoder.openedSize(of: written) == ImageDecoder.openedSize(of: bytes), "\(name)")
    let delta = ReverseDelta(from: bytes, to: written)
    #expect(try delta.apply(to: written, name: name) == bytes, "\(name)")
  }

  private static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
    [0xFF, marker] + PhotoBuilder.big(content.count + 2, 2) + content
  }

  private static let jfif = Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0]

  @Test func `JPEG`() throws {
    let grey = try photo("\(decoding)/grey.jpg")
    let progressive = try photo("\(decoding)/progressive.jpg")
    func insertion(_ piece: [UInt8], into bytes: [UInt8] = grey, at offset: Int = 2) -> [UInt8] {
      Array(bytes[..<offset]) + piece + bytes[offset...]
    }
    // The second scan of a progressive file.
    let scans = progressive.indices.dropLast().filter {
      progressive[$0] == 0xFF && progressive[$0 + 1] == 0xDA
    }
    let cases: [(String, [UInt8])] = [
      ("fill bytes", insertion([0xFF, 0xFF, 0xFF])),
      ("two JFIF segments", insertion(Self.segment(0xE0, Self.jfif))),
      ("JFIF behind a comment", insertion(Self.segment(0xE5, [1, 2, 3]))),
      ("an empty segment", insertion(Self.segment(0xE7, []))),
      ("bytes behind the end", grey + [1, 2, 3, 0xFF]),
      ("a second picture", grey + progressive),
      ("no end", Array(grey.dropLast(2))),
      (
        "a segment between scans",
        insertion(
          Self.segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8)),
          into: progressive, at: scans[1])
      ),
    ]
    for (name, bytes) in cases { try Self.expectSamePicture(bytes, name) }
  }

  @Test func `JPEG with bytes between segments is refused`() throws {
    let grey = try photo("\(decoding)/grey.jpg")
    // Behind the start and JFIF's segment.
    let bytes = Array(grey[..<20]) + [0, 0, 0] + grey[20...]
    #expect(throws: MetadataError.self) { try described(bytes, "A dog.") }
  }

  @Test func `PNG`() throws {
    let original = try photo("\(decoding)/rgb.png")
    // Of the first chunk with the picture's data.
    let data =
      try #require(
        (0..<original.count - 4).first { original[$0..<$0 + 4].elementsEqual("IDAT".utf8) }) - 4
    let length = number(original[data..<data + 4])
    let content = Array(original[data + 8..<data + 8 + length])
    let end = data + 12 + length
    func changed(_ pieces: [[UInt8]], with behind: [UInt8] = []) -> [UInt8] {
      Array(original[..<data]) + pieces.joined() + original[end...] + behind
    }
    func part(_ bytes: some Sequence<UInt8>) -> [UInt8] {
      PhotoBuilder.chunk("IDAT", Array(bytes))
    }
    var damaged = PhotoBuilder.chunk("tEXt", Array("Software\0abc".utf8))
    damaged[damaged.count - 1] ^= 1
    let half = content.count / 2
    let control =
      PhotoBuilder.big(0, 4) + PhotoBuilder.big(1, 4) + PhotoBuilder.big(1, 4)
      + PhotoBuilder.big(0, 8) + [0, 1, 0, 10, 0, 0]
    let cases: [(String, [UInt8])] = [
      ("data in parts", changed([part([]), part(content[..<half]), part(content[half...])])),
      ("a chunk with a wrong checksum", changed([damaged, part(content)])),
      (
        "a text behind the data",
        changed([part(content), PhotoBuilder.chunk("tEXt", Array("Software\0abc".utf8))])
      ),
      ("chunks behind the end", changed([part(content)], with: PhotoBuilder.chunk("abCd", [1]))),
      ("bytes behind the end", changed([part(content)], with: [1, 2, 3])),
      (
        "an animation",
        changed([
          PhotoBuilder.chunk("acTL", PhotoBuilder.big(1, 4) + PhotoBuilder.big(0, 4)),
          PhotoBuilder.chunk("fcTL", control), part(content),
        ])
      ),
    ]
    for (name, bytes) in cases { try Self.expectSamePicture(bytes, name) }
  }

  @Test func `the chunks that tell of an animation stay before the picture`() throws {
    let original = try photo("\(decoding)/rgb.png")
    let control = PhotoBuilder.chunk("acTL", PhotoBuilder.big(1, 4) + PhotoBuilder.big(0, 4))
    let written = try described(PhotoBuilder.png(original, chunks: [control]), "A dog.")
    func place(_ type: String) -> Int? {
      (0..<written.count - 4).first { written[$0..<$0 + 4].elementsEqual(type.utf8) }
    }
    let (animation, packet, data) = (place("acTL"), place("iTXt"), place("IDAT"))
    #expect(try #require(animation) < #require(packet))
    #expect(try #require(packet) < #require(data))
  }
}
