import Imaging
import PhotoMetadata
import TestSupport
import Testing

struct IPTCBlockTests {
  private let latin2: [UInt8] = [0x1B, 0x2D, 0x42]
  private let utf8: [UInt8] = [0x1B, 0x25, 0x47]

  /// The IPTC block of a JPEG that this program wrote: the bytes of its first 8BIM resource.
  private func block(_ jpeg: [UInt8]) throws -> [UInt8] {
    let start = try #require(jpeg.firstRange(of: Array("8BIM".utf8) + [4, 4, 0, 0])).upperBound
    return Array(jpeg[start + 4..<start + 4 + number(jpeg[start..<start + 4])])
  }

  private func write(_ text: String, _ block: [UInt8]) throws -> EmbeddedDescription.Written {
    try EmbeddedDescription.write(
      sentence(text), into: PhotoBuilder.withIPTC(block), format: .jpeg, name: "photo")
  }

  /// “Škoda” in ISO 8859-2.
  private let skoda = PhotoBuilder.dataset(2, 25, [0xA9, 0x6B, 0x6F, 0x64, 0x61])

  @Test func `other datasets keep their bytes, their order and their declaration`() throws {
    let others =
      PhotoBuilder.dataset(1, 90, latin2) + PhotoBuilder.dataset(1, 0, [0, 4])
      + PhotoBuilder.dataset(2, 0, [0, 4]) + PhotoBuilder.dataset(2, 80, [0xAE, 0x6F])
    let rest = skoda + PhotoBuilder.dataset(3, 10, [1, 0xFF])
    let written = try write("A café near Škoda.", others + rest)
    #expect(written.remark == nil)
    // "A café near Škoda.".encode("iso8859_2")
    let caption = Array("A caf".utf8) + [0xE9] + Array(" near ".utf8) + [0xA9] + Array("koda.".utf8)
    #expect(
      try block(written.bytes) == others + skoda + PhotoBuilder.dataset(2, 120, caption)
        + PhotoBuilder.dataset(3, 10, [1, 0xFF]))
    #expect(PhotoProperties(written.bytes)[.caption]?.text == "A café near Škoda.")
    #expect(PhotoProperties(written.bytes)[.iptcKeywords]?.text == "Škoda")
    #expect(PhotoProperties(written.bytes)[.caption]?.author != .person)
  }

  @Test func `what the declared encoding cannot say stands in XMP only`() throws {
    let others = PhotoBuilder.dataset(1, 90, latin2) + skoda
    let written = try write("犬", others)
    #expect(
      written.remark
        == .notInIPTC(
          path: "photo", reason: "its IPTC is in ISO-8859-2, which lacks characters of it"))
    #expect(try block(written.bytes) == others)
    #expect(PhotoProperties(written.bytes)[.description]?.text == "犬")
    // An earlier text of this program's does not stay behind as if a person had written it.
    let ours = try write("A dog.", others).bytes
    let again = try EmbeddedDescription.write(
      sentence("犬"), into: ours, format: .jpeg, name: "photo")
    #expect(PhotoProperties(again.bytes)[.caption] == nil)
    #expect(PhotoProperties(again.bytes).descriptions.count { $0.author == .person } == 1)
  }

  @Test func `nothing is declared where that could change what others wrote`() throws {
    // “Škoda” in Windows-1252, undeclared.
    let others = PhotoBuilder.dataset(2, 25, [0x8A, 0x6B, 0x6F, 0x64, 0x61])
    #expect(
      try block(write("A dog.", others).bytes)
        == others + PhotoBuilder.dataset(2, 120, Array("A dog.".utf8)))
    let written = try write("Žofie", others)
    #expect(
      written.remark
        == .notInIPTC(
          path: "photo", reason: "its IPTC has other texts and does not declare their encoding"))
    #expect(try block(written.bytes) == others)
    // Where others are ASCII, UTF-8 changes nothing for them.
    let ascii = PhotoBuilder.dataset(2, 25, Array("dog".utf8))
    #expect(
      try block(write("Žofie", ascii).bytes)
        == PhotoBuilder.dataset(1, 90, utf8) + ascii
        + PhotoBuilder.dataset(2, 120, Array("Žofie".utf8)))
    #expect(
      try block(write("A dog.", []).bytes)
        == PhotoBuilder.dataset(1, 90, utf8) + PhotoBuilder.dataset(2, 120, Array("A dog.".utf8)))
  }

  @Test func `titles and keywords are read`() throws {
    let block =
      PhotoBuilder.dataset(2, 5, Array("Title".utf8))
      + PhotoBuilder.dataset(2, 105, Array("Headline".utf8))
      + PhotoBuilder.dataset(2, 25, Array("a".utf8)) + PhotoBuilder.dataset(2, 25, Array("b".utf8))
    let texts = PhotoProperties(try PhotoBuilder.withIPTC(block)).descriptions.map(\.text)
    #expect(texts == ["Title", "Headline", "a, b"])
  }

  @Test(
    arguments: [
      [0x1D, 2, 25, 0, 1, 65], [0x1C, 2, 25, 0, 9, 65], [0x1C, 2, 25, 0x80, 5, 0, 0, 0, 0, 1, 65],
      [0x1C, 2, 25, 0x80, 4, 0xFF, 0xFF, 0xFF, 0xFF, 65], [0x1C, 2, 25, 0xFF, 0xFF, 65],
    ] as [[UInt8]])
  func `damaged datasets are as if not there, and not written into`(_ block: [UInt8]) throws {
    let bytes = try PhotoBuilder.withIPTC(block)
    #expect(PhotoProperties(bytes).descriptions == [])
    #expect(throws: MetadataError.self) {
      try EmbeddedDescription.write(sentence("A dog."), into: bytes, format: .jpeg, name: "photo")
    }
  }

  @Test(.enabled(if: ExifTool.isInstalled))
  func `ExifTool reads all as before`() throws {
    // It knows no other declaration than that of UTF-8, and takes all else for Windows-1252.
    let others = PhotoBuilder.dataset(1, 90, latin2) + skoda
    let before = try ExifTool.tags(PhotoBuilder.withIPTC(others), extension: "jpg")
    let tags = try ExifTool.tags(write("A café.", others).bytes, extension: "jpg")
    #expect(tags["IPTC:Caption-Abstract"] == "A café.")
    #expect(tags["IPTC:Keywords"] == before["IPTC:Keywords"])
    #expect(tags["IPTC:CodedCharacterSet"] == before["IPTC:CodedCharacterSet"])
  }
}
