import Imaging
import Testing

@Suite struct ImageOrientationTests {
  /// The six corners of EXIF's figure: 3 × 2 pixels numbered as they lie in the file.
  ///
  ///     from PIL import Image, ImageOps; import numpy as np
  ///     image = Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3))
  ///     image.getexif()[0x0112] = n
  ///     np.asarray(ImageOps.exif_transpose(image)).tolist()
  @Test(arguments: [
    (1, [[0, 1, 2], [3, 4, 5]]), (2, [[2, 1, 0], [5, 4, 3]]), (3, [[5, 4, 3], [2, 1, 0]]),
    (4, [[3, 4, 5], [0, 1, 2]]), (5, [[0, 3], [1, 4], [2, 5]]), (6, [[3, 0], [4, 1], [5, 2]]),
    (7, [[5, 2], [4, 1], [3, 0]]), (8, [[2, 5], [1, 4], [0, 3]]),
  ])
  func `each of the eight ways to hold a camera is undone`(
    _ value: Int, _ expected: [[UInt8]]
  ) throws {
    let orientation = try #require(ImageOrientation(rawValue: UInt16(value)))
    func picture(_ rows: [[UInt8]]) -> RGBImage {
      RGBImage(
        width: rows[0].count, height: rows.count,
        pixels: rows.joined().flatMap { [$0, $0 + 10, $0 + 20] })
    }
    let upright = picture([[0, 1, 2], [3, 4, 5]]).oriented(orientation)
    #expect(upright == picture(expected))
  }

  /// A JPEG that consists of an EXIF segment only.
  private func jpeg(_ exif: [UInt8]) -> [UInt8] {
    let length = exif.count + 8
    return [0xFF, 0xD8, 0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)]
      + Array("Exif\0\0".utf8) + exif
  }

  private func orientation(_ exif: [UInt8]) -> ImageOrientation {
    ImageOrientation(jpeg(exif), format: .jpeg)
  }

  private static let littleEndian: [UInt8] = [
    0x49, 0x49, 42, 0, 8, 0, 0, 0,  // II, 42, the directory's offset
    2, 0,  // two entries
    0x0F, 0x01, 2, 0, 4, 0, 0, 0, 0x43, 0x41, 0x54, 0,  // maker: "CAT"
    0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0,  // orientation 6
  ]

  @Test func `the tag is found in either byte order and as either integer`() {
    #expect(orientation(Self.littleEndian) == .turnedLeft)
    let bigEndian: [UInt8] = [
      0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 4, 0, 0, 0, 1, 0, 0, 0, 8,
    ]
    #expect(orientation(bigEndian) == .turnedRight)
  }

  @Test func `a damaged block asks for nothing`() {
    for count in 0..<Self.littleEndian.count - 2 {
      #expect(orientation(Array(Self.littleEndian.prefix(count))) == .upright, "\(count) bytes")
    }
    for (offset, value) in [
      (0, 0x4A),  // neither II nor MM
      (2, 43),  // not TIFF
      (7, 0xFF),  // a directory far outside
      (24, 2),  // a text
      (26, 2),  // two values
      (30, 9),  // no such orientation
      (30, 0),
    ] {
      var exif = Self.littleEndian
      exif[offset] = UInt8(value)
      #expect(orientation(exif) == .upright, "\(value) at \(offset)")
    }
  }

  @Test func `a directory of more entries than there are bytes is read as far as it goes`() {
    var exif = Self.littleEndian
    exif[8] = 0xFF
    exif[9] = 0xFF
    #expect(orientation(exif) == .turnedLeft)
  }

  /// A PNG file's signature and chunks without their checksums' being right, which are not looked at.
  private func png(_ chunks: [(type: String, content: [UInt8])]) -> [UInt8] {
    chunks.reduce([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10]) { bytes, chunk in
      let count = chunk.content.count
      return bytes + [0, 0, UInt8(count >> 8), UInt8(count & 255)] + chunk.type.utf8
        + chunk.content + [0, 0, 0, 0]
    }
  }

  private func profile(_ kind: String, _ content: [UInt8]) -> (type: String, content: [UInt8]) {
    let digits = content.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    return (
      "tEXt",
      Array("Raw profile type \(kind)\0\n\(kind)\n      \(content.count)\n\(digits)\n".utf8)
    )
  }

  @Test func `only a few texts are inflated in search of EXIF`() {
    let exif = profile("exif", Array("Exif\0\0".utf8) + Self.littleEndian)
    let other = profile("app1", Array("http://ns.adobe.com/xap/1.0/\0".utf8))
    func found(after count: Int) -> ImageOrientation {
      ImageOrientation(
        png([(type: String, content: [UInt8])](repeating: other, count: count) + [exif]),
        format: .png)
    }
    #expect(found(after: 7) == .turnedLeft)
    #expect(found(after: 8) == .upright)
  }

  @Test func `a PNG file's EXIF may be spelt in a text`() {
    let exif = Array("Exif\0\0".utf8) + Self.littleEndian
    for chunks in [
      [profile("exif", exif)], [profile("APP1", exif)], [profile("exif", Self.littleEndian)],
      [profile("APP1", Array("http://ns.adobe.com/xap/1.0/\0".utf8)), profile("exif", exif)],
    ] {
      #expect(ImageOrientation(png(chunks), format: .png) == .turnedLeft)
    }
    var upsideDown = Self.littleEndian
    upsideDown[30] = 3
    #expect(
      ImageOrientation(png([profile("exif", exif), ("eXIf", upsideDown)]), format: .png)
        == .upsideDown)
    for chunks in [[profile("xmp", exif)], [profile("exif", Array("no EXIF".utf8))]] {
      #expect(ImageOrientation(png(chunks), format: .png) == .upright)
    }
  }

  @Test func `chunks that claim to be longer than the file end the search`() {
    let png: [UInt8] =
      [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0xFF, 0xFF, 0xFF, 0xFF] + Array("eXIf".utf8)
    #expect(ImageOrientation(png, format: .png) == .upright)
    let webp = Array("RIFF____WEBPEXIF".utf8) + [0xFF, 0xFF, 0xFF, 0xFF]
    #expect(ImageOrientation(webp, format: .webp) == .upright)
    #expect(ImageOrientation([0xFF, 0xD8, 0xFF, 0xE1, 0xFF, 0xFF], format: .jpeg) == .upright)
    #expect(ImageOrientation([0xFF, 0xD8, 0xFF, 0xE1, 0, 0], format: .jpeg) == .upright)
  }
}
