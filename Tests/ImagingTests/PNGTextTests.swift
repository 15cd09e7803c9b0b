import Imaging
import Testing

struct PNGTextTests {
  private func text(_ type: String, _ chunk: [UInt8]) -> PNGText? {
    PNGText(type: type.utf8, chunk: chunk[...])
  }

  @Test func `plain text is read`() throws {
    let latin = try #require(text("tEXt", Array("Title\0A dog".utf8)))
    #expect(latin.keyword == "Title" && !latin.isInternational)
    #expect(latin.bytes == Array("A dog".utf8))
    let international = try #require(text("iTXt", Array("Title\0\0\0de\0Titel\0Hund".utf8)))
    #expect(international.keyword == "Title" && international.isInternational)
    #expect(international.bytes == Array("Hund".utf8))
  }

  /// By Python: `zlib.compress(b"A dog A dog A dog")`.
  private let compressed: [UInt8] = [
    0x78, 0x9C, 0x73, 0x54, 0x48, 0xC9, 0x4F, 0x57, 0x70, 0x44, 0x90, 0x00, 0x2B, 0xD9, 0x05, 0x12,
  ]

  @Test func `compressed text is inflated`() throws {
    let expected = Array("A dog A dog A dog".utf8)
    #expect(text("zTXt", Array("Title\0\0".utf8) + compressed)?.bytes == expected)
    #expect(text("iTXt", Array("Title\0\u{1}\0\0\0".utf8) + compressed)?.bytes == expected)
    #expect(text("zTXt", Array("Title\0\0".utf8) + compressed.dropLast(6))?.bytes == nil)
    #expect(text("zTXt", Array("Title\0\0nothing".utf8))?.bytes == nil)
  }

  @Test(arguments: [
    ("IDAT", "Title\0A dog"), ("tEXt", "Title"), ("tEXt", ""), ("iTXt", "Title\0\0\0de"),
    ("iTXt", "Title\0"), ("tEXt", String(repeating: "x", count: 80) + "\0A dog"),
  ])
  func `what is no text is none`(_ type: String, _ chunk: String) {
    #expect(text(type, Array(chunk.utf8)) == nil)
  }

  private func profile(_ body: String) -> [UInt8]? {
    text("tEXt", Array("Raw profile type exif\0\(body)".utf8))?.profile
  }

  @Test func `a profile is spelt in hexadecimal digits`() {
    #expect(profile("\nexif\n       4\n0a1B\nff00\n") == [0x0A, 0x1B, 0xFF, 0])
    #expect(profile("\ngeneric profile\n2\n0a1B") == [0x0A, 0x1B])
    for body in [
      "", "\nexif\n", "\nexif\n4\n0a1B", "\nexif\n1\n0a1B", "\nexif\nx\n0a", "\nexif\n-1\n",
      "\nexif\n99999999999999999999\n0a",
    ] {
      #expect(profile(body) == nil, "\(body)")
    }
  }

  @Test func `profiles are known by their kind, in letters of either case`() {
    #expect(text("tEXt", Array("Raw profile type APP1\0".utf8))?.holdsProfile("app1") == true)
    #expect(text("tEXt", Array("Raw profile type xmp\0".utf8))?.holdsProfile("exif") == false)
  }
}
