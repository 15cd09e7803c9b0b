import Foundation
import Imaging
import PhotoMetadata
import SystemPackage
import TestSupport
import Testing

/// All the places in which a person's words may stand.
struct PhotoDescriptionTests {
  private typealias Place = PhotoDescription.Place

  private static let xmpHeader = Array("http://ns.adobe.com/xap/1.0/\0".utf8)

  private static func packet(_ description: String) -> [UInt8] {
    Array(
      """
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
      xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
      xmlns:dc="http://purl.org/dc/elements/1.1/" \
      xmlns:xmpNote="http://ns.adobe.com/xmp/note/" \
      xmpNote:HasExtendedXMP="0123456789ABCDEF0123456789ABCDEF">\(description)\
      </rdf:Description></rdf:RDF></x:xmpmeta>
      """.utf8)
  }

  private static let words =
    "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'>My dog</rdf:li></rdf:Alt>"
    + "</dc:description>"

  private func expectRefusal(
    _ bytes: [UInt8], _ place: PhotoDescription.Place, _ text: String = "My dog"
  ) {
    let found = PhotoProperties(bytes).humanText
    #expect(found?.place == place)
    #expect(found?.text == text)
    #expect(
      throws: MetadataError.humanText(path: "photo", place: place.rawValue, text: text)
    ) { try described(bytes, "A dog.") }
  }

  private func jpeg(_ segments: [(marker: UInt8, content: [UInt8])]) throws -> [UInt8] {
    PhotoBuilder.jpeg(try photo("\(decoding)/grey.jpg"), segments: segments)
  }

  @Test func `a second packet`() throws {
    let both = [Self.packet(""), Self.packet(Self.words)].map { Self.xmpHeader + $0 }
    expectRefusal(try jpeg(both.map { (0xE1, $0) }), .description)
  }

  /// A segment of extended XMP: digest, length of the whole, offset of this part.
  private func part(_ whole: [UInt8], _ range: Range<Int>, digest: String) -> [UInt8] {
    Array("http://ns.adobe.com/xmp/extension/\0\(digest)".utf8) + PhotoBuilder.big(whole.count, 4)
      + PhotoBuilder.big(range.lowerBound, 4) + whole[range]
  }

  @Test func `extended XMP, in parts and in any order`() throws {
    let whole = Self.packet(Self.words)
    let digest = "0123456789ABCDEF0123456789ABCDEF"
    let parts = [100..<whole.count, 0..<100].map { part(whole, $0, digest: digest) }
    let bytes = try jpeg([(0xE1, Self.xmpHeader + Self.packet(""))] + parts.map { (0xE1, $0) })
    expectRefusal(bytes, .description)
    // Without one part, with another packet's digest, or with impossible sizes it is not there.
    for damaged in [
      [parts[0]], [part(whole, 0..<whole.count, digest: String(repeating: "A", count: 32))],
      [Array(parts[0].prefix(60))],
      [
        parts[0],
        Array("http://ns.adobe.com/xmp/extension/\0\(digest)".utf8) + [0, 0, 0, 4, 0xFF],
      ],
      [
        Array("http://ns.adobe.com/xmp/extension/\0\(digest)".utf8)
          + [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0] + whole
      ],
    ] {
      let bytes = try jpeg([(0xE1, Self.xmpHeader + Self.packet(""))] + damaged.map { (0xE1, $0) })
      #expect(PhotoProperties(bytes).descriptions == [])
    }
  }

  @Test(.enabled(if: ExifTool.isInstalled))
  func `extended XMP as ExifTool writes it`() throws {
    let folder = try TemporaryFolder()
    let text = String(repeating: "My dog. ", count: 10_000)
    let file = folder.path + "/text"
    try Data(text.utf8).write(to: URL(filePath: file))
    let long = try ExifTool.changed(
      photo("\(decoding)/rgb.jpg"), extension: "jpg",
      ["-XMP-dc:Description<=\(file)", "-XMP-xmp:Rating=4"])
    #expect(long.containsText("http://ns.adobe.com/xmp/extension/"))
    #expect(PhotoProperties(long).humanText?.text.hasPrefix("My dog. My dog.") == true)
    #expect(throws: MetadataError.self) { try described(long, "A dog.") }
  }

  @Test func `comments in a JPEG file`() throws {
    expectRefusal(try jpeg([(0xFE, Array("My dog\0".utf8))]), .jpegComment)
    let windows: [UInt8] = [0x8A] + Array("koda".utf8)
    expectRefusal(try jpeg([(0xFE, windows)]), .jpegComment, "Škoda")
  }

  @Test(arguments: ["tEXt", "iTXt", "zTXt"])
  func `texts of a PNG file`(_ type: String) throws {
    // zlib.compress(b"My dog")
    let compressed: [UInt8] = [
      0x78, 0x9C, 0xF3, 0xAD, 0x54, 0x48, 0xC9, 0x4F, 0x07, 0x00, 0x07, 0x22, 0x02, 0x21,
    ]
    let content: [UInt8] =
      switch type {
      case "tEXt": Array("Description\0My dog".utf8)
      case "iTXt": Array("Description\0\0\0en\0\0My dog".utf8)
      default: Array("Description\0\0".utf8) + compressed
      }
    let original = try photo("\(decoding)/rgb.png")
    expectRefusal(
      PhotoBuilder.png(original, chunks: [PhotoBuilder.chunk(type, content)]), .pngText)
    let other = PhotoBuilder.chunk("tEXt", Array("Software\0My dog".utf8))
    #expect(PhotoProperties(PhotoBuilder.png(original, chunks: [other])).descriptions == [])
  }

  @Test func `profiles in a PNG file, as ImageMagick keeps them`() throws {
    let original = try photo("\(decoding)/rgb.png")
    let exif = PhotoBuilder.exif(main: [PhotoBuilder.Entry(0x010E, ascii: "My dog")])
    let block = PhotoBuilder.dataset(2, 120, Array("My dog".utf8))
    let resource = PhotoBuilder.resource(block)
    let profiles: [(String, [UInt8], PhotoDescription.Place)] = [
      ("xmp", Self.packet(Self.words), .description),
      ("APP1", Self.xmpHeader + Self.packet(Self.words), .description),
      ("exif", Array("Exif\0\0".utf8) + exif, .imageDescription),
      ("APP1", Array("Exif\0\0".utf8) + exif, .imageDescription),
      ("iptc", resource, .caption), ("iptc", block, .caption), ("8bim", resource, .caption),
    ]
    for (kind, content, place) in profiles {
      expectRefusal(
        PhotoBuilder.png(original, chunks: [PhotoBuilder.rawProfile(kind, content)]), place)
    }
  }

  @Test func `a profile of this program's is replaced, and others' are kept`() throws {
    let original = try photo("\(decoding)/rgb.png")
    let rated = Self.packet("<dc:subject><rdf:Bag><rdf:li>Köln</rdf:li></rdf:Bag></dc:subject>")
    let block = PhotoBuilder.dataset(2, 80, Array("Anna".utf8))
    let resource = PhotoBuilder.resource(block)
    let bytes = PhotoBuilder.png(
      original,
      chunks: [PhotoBuilder.rawProfile("xmp", rated), PhotoBuilder.rawProfile("8bim", resource)])
    let written = try described(bytes, "A dog.")
    let properties = PhotoProperties(written)
    #expect(properties[.description]?.text == "A dog.")
    #expect(properties[.keywords]?.text == "Köln")
    #expect(properties[.caption]?.text == "A dog.")
    #expect(!written.containsText("Raw profile type xmp"))
    #expect(!written.containsText("Raw profile type iptc"))
    let again = try described(written, "A cat.")
    #expect(!again.containsText("A dog."))
    #expect(try described(again, "A cat.") == again)
  }

  private func comment(_ bytes: [UInt8], isLittleEndian: Bool = false) throws -> String? {
    let block = PhotoBuilder.exif(
      exif: [PhotoBuilder.Entry(0x9286, undefined: bytes)], isLittleEndian: isLittleEndian)
    return PhotoProperties(try jpeg([(0xE1, Array("Exif\0\0".utf8) + block)]))[.userComment]?.text
  }

  @Test func `user comments in all of their encodings`() throws {
    let big = "Köln".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    let little = "Köln".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    for isLittleEndian in [true, false] {
      for text in [big, little, [0xFE, 0xFF] + big, [0xFF, 0xFE] + little] {
        #expect(
          try comment(Array("UNICODE\0".utf8) + text, isLittleEndian: isLittleEndian) == "Köln")
      }
    }
    #expect(try comment(Array("ASCII\0\0\0My dog\0\0".utf8)) == "My dog")
    #expect(try comment(Array("\0\0\0\0\0\0\0\0My dog".utf8)) == "My dog")
    #expect(try comment(Array("My dog".utf8)) == "My dog")
    // "犬".encode("iso2022_jp")
    let japanese: [UInt8] = [0x1B, 0x24, 0x42, 0x38, 0x24, 0x1B, 0x28, 0x42]
    #expect(try comment(Array("JIS\0\0\0\0\0".utf8) + japanese) == "犬")
    for empty in [
      Array("ASCII\0\0\0".utf8), Array("ASCII\0\0\0      ".utf8), Array("UNICODE\0".utf8), [],
      Array("ASCII\0\0\0".utf8) + [1, 2, 3, 0x10, 0x41], [UInt8](repeating: 0, count: 64),
      Array("UNICODE\0".utf8) + [0, 0, 0, 0], Array("ASCII\0\0\0{\"a\":1}".utf8),
    ] {
      #expect(try comment(empty) == nil)
    }
  }

  @Test(arguments: [true, false])
  func `what Windows writes`(_ isLittleEndian: Bool) throws {
    func entry(_ tag: Int, _ text: String) -> PhotoBuilder.Entry {
      PhotoBuilder.Entry(
        tag, undefined: (text + "\0").utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
    }
    let block = PhotoBuilder.exif(
      main: [
        entry(0x9C9B, "Title"), entry(0x9C9C, "Köln"), entry(0x9C9E, "a;b"),
        entry(0x9C9F, "Subject"),
      ], isLittleEndian: isLittleEndian)
    let properties = PhotoProperties(try jpeg([(0xE1, Array("Exif\0\0".utf8) + block)]))
    #expect(properties[.windowsComment]?.text == "Köln")
    #expect(properties[.windowsTitle]?.text == "Title")
    #expect(properties[.windowsSubject]?.text == "Subject")
    #expect(properties[.windowsKeywords]?.text == "a;b")
  }

  @Test func `files beside the photo, by either name`() throws {
    let folder = try TemporaryFolder()
    let path = FilePath(folder.path).appending("photo.jpg")
    try Data(photo("\(decoding)/grey.jpg")).write(to: URL(filePath: path.string))
    for name in ["photo.jpg.xmp", "photo.xmp", "photo.XMP"] {
      let sidecar = FilePath(folder.path).appending(name)
      try Data(Self.packet(Self.words)).write(to: URL(filePath: sidecar.string))
      #expect(try FileTexts.all(about: path).last?.path == sidecar.string)
      let error = MetadataError.humanText(
        path: sidecar.string, place: "XMP description", text: "My dog")
      #expect(throws: error) { try FileEdit.embedding(sentence("A dog."), in: path) }
      #expect(try FileEdit.embedding(sentence("A dog."), in: path, overwriteHuman: true) != nil)
      try FileManager.default.removeItem(atPath: sidecar.string)
    }
    // One that this program wrote is none, nor one that cannot be read.
    try #require(try Sidecar.xmp(sentence("A dog."), for: path)).commit()
    try Data("no XMP".utf8).write(to: URL(filePath: folder.path + "/photo.xmp"))
    #expect(try FileEdit.embedding(sentence("A dog."), in: path) != nil)
  }
}
