import Foundation
import Imaging
import PhotoMetadata
import TestSupport
import Testing

struct HostileFilesTests {
  @Test(arguments: photoNames.filter { !$0.hasPrefix("samples") })
  func `damaged photos never crash the program`(_ name: String) throws {
    let original = try photo(name)
    let bytes = try described(original, "A dog, then a longer text of this program’s.")
    let format = try #require(ImageFormat(bytes))
    mutated(bytes, count: 250, seed: 7) { damaged in
      _ = PhotoProperties(damaged)
      if let written = try? EmbeddedDescription.write(
        sentence("A cat."), into: damaged, format: format,
        name: "photo", overwriteHuman: true, breaksSignature: true)
      {
        _ = PhotoProperties(written.bytes)
      }
      _ = try? EmbeddedDescription.stripped(damaged, format: format, name: "photo")
    }
  }

  @Test(arguments: ImageFormat.allCases)
  func `bytes of another format, or none at all, are refused`(_ format: ImageFormat) throws {
    let others: [[UInt8]] =
      try [[], [0xFF], Array("RIFF\0\0\0\0WEBP".utf8)]
      + photoNames.filter { !$0.hasPrefix("samples") }.map(photo)
      .filter { bytes in
        guard let other = ImageFormat(bytes) else { return true }
        let isBoxed = [ImageFormat.heic, .avif].contains(other)
        return other != format && !(isBoxed && [.heic, .avif].contains(format))
      }
    for bytes in others {
      #expect(throws: MetadataError.self) {
        try EmbeddedDescription.write(
          sentence("A dog."), into: bytes, format: format,
          name: "x")
      }
    }
  }

  /// A JPEG with this XMP in it.
  private func photoWithXMP(_ xmp: String) throws -> [UInt8] {
    PhotoBuilder.jpeg(
      try photo("\(decoding)/grey.jpg"),
      segments: [(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + xmp.utf8)])
  }

  private func packet(_ content: String) -> String {
    """
    <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:a="http://example.com/a/">\
    <dc:description>Mine</dc:description>\(content)</rdf:Description></rdf:RDF></x:xmpmeta>
    """
  }

  /// What exiv2 does with many of these takes time that grows with the square of their number.
  private static let manyNames: [String] = {
    let numbers: Range<Int> = 0..<4_100
    let elements: [String] = numbers.map { "<a:p\($0)>x</a:p\($0)>" }
    let attributes: [String] = numbers.map { "a:p\($0)='x' " }
    let namespaces: [String] = numbers.map { _ in "<a:p xmlns:b='http://example.com/b'/>" }
    let languages: [String] = numbers.map { "<rdf:li xml:lang='x-\($0)'>x</rdf:li>" }
    return [
      elements.joined(), "<a:p " + attributes.joined() + "/>", namespaces.joined(),
      "<dc:title><rdf:Alt>" + languages.joined() + "</rdf:Alt></dc:title>",
    ]
  }()

  @Test(arguments: manyNames)
  func `XMP of too many names is as if it were not there`(_ content: String) throws {
    let few = packet("")
    #expect(PhotoProperties(try photoInPNG(few)).descriptions.map(\.text) == ["Mine"])
    let many = try photoInPNG(packet(content))
    #expect(PhotoProperties(many).descriptions.isEmpty)
    #expect(throws: MetadataError.self) {
      try EmbeddedDescription.write(
        sentence("A dog."), into: many, format: .png, name: "x", overwriteHuman: true,
        breaksSignature: true)
    }
  }

  @Test func `a long history of a picture is no hindrance`() throws {
    let ancestors = (0..<9_000).map { "<rdf:li>xmp.did:\($0)</rdf:li>" }.joined()
    let photo = try photoInPNG(
      packet("<a:DocumentAncestors><rdf:Bag>\(ancestors)</rdf:Bag></a:DocumentAncestors>"))
    #expect(PhotoProperties(photo).descriptions.map(\.text) == ["Mine"])
  }

  /// A PNG with this XMP in it, which may be longer than a segment of JPEG.
  private func photoInPNG(_ xmp: String) throws -> [UInt8] {
    PhotoBuilder.png(
      try photo("\(decoding)/grey.png"),
      chunks: [PhotoBuilder.chunk("iTXt", Array("XML:com.adobe.xmp\0\0\0\0\0".utf8) + xmp.utf8)])
  }

  @Test func `Photoshop resources and XMP in very many segments take time as their bytes do`()
    throws
  {
    let original = try photo("\(decoding)/grey.jpg")
    let text = PhotoBuilder.dataset(2, 120, Array("Mine".utf8))
    let resource = PhotoBuilder.resource(text)
    // One byte a segment; all that follows the resource are more of the same.
    let pieces = (resource + [UInt8](repeating: 0, count: 20_000)).map {
      (marker: UInt8(0xED), content: Array("Photoshop 3.0\0".utf8) + [$0])
    }
    let packets = (0..<2_000).map { _ in
      (
        marker: UInt8(0xE1),
        content: Array("http://ns.adobe.com/xap/1.0/\0".utf8) + packet("").utf8
      )
    }
    let found = PhotoProperties(PhotoBuilder.jpeg(original, segments: pieces + packets))
    #expect(found[.caption]?.text == "Mine")
    // The first packets only.
    #expect(found.descriptions.count == 34)
  }

  /// Each takes forty bytes of memory.
  @Test func `of a JPEG with a million segments those behind are not looked at`() throws {
    let original = try photo("\(decoding)/grey.jpg")
    let comment = PhotoBuilder.jpeg(
      original, segments: [(marker: 0xFE, content: Array("Mine".utf8))])
    let empty = [[UInt8]](repeating: [0xFF, 0xFE, 0, 2], count: 1_000_000).joined()
    let many = Array(comment.prefix(10)) + empty + comment.dropFirst(10)
    #expect(PhotoProperties(many).descriptions.map(\.text) == ["Mine"])
    #expect(PictureData(many)?.pieces.count == PictureData(original)?.pieces.count)
    #expect(throws: MetadataError.self) { try described(many, "A dog.", overwriteHuman: true) }
  }

  @Test func `deep XMP is refused before a parser runs out of stack`() throws {
    func nested(_ depth: Int) -> String {
      packet(
        String(repeating: #"<a:b rdf:parseType="Resource">"#, count: depth)
          + String(repeating: "</a:b>", count: depth))
    }
    let deep = try photoWithXMP(nested(1500))
    #expect(PhotoProperties(deep).descriptions.isEmpty)
    #expect(throws: MetadataError.self) { try described(deep, "A dog.", overwriteHuman: true) }
    // The deepest that is allowed, on a stack as small as macOS gives threads.
    let allowed = try photoWithXMP(nested(124))
    #expect(PhotoProperties(allowed).descriptions.map(\.text) == ["Mine"])
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      _ = PhotoProperties(allowed)
      _ = try? described(allowed, "A dog.", overwriteHuman: true)
      done.signal()
    }
    thread.stackSize = 512 << 10
    thread.start()
    done.wait()
  }

  @Test(arguments: [
    "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>", "<", "<a", "<a b='>", "<!--", "<?x",
    "<![CDATA[", "<a>\u{0}</a>",
  ])
  func `XMP that is none is not replaced, nor read`(_ prefix: String) throws {
    let photo = try photoWithXMP(prefix + packet(""))
    #expect(PhotoProperties(photo).descriptions.isEmpty)
    #expect(throws: MetadataError.self) { try described(photo, "A dog.", overwriteHuman: true) }
  }

  @Test func `damaged XMP never crashes the program`() throws {
    let xmp = Array(
      packet("<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>T</rdf:li></rdf:Alt></dc:title>").utf8
    )
    mutated(xmp, count: 2000, seed: 3) { damaged in
      guard let photo = try? photoWithXMP(String(decoding: damaged, as: UTF8.self)) else { return }
      _ = PhotoProperties(photo)
      _ = try? described(photo, "A dog.", overwriteHuman: true)
    }
  }

  @Test func `metadata is read on many threads at once`() async throws {
    let photos = try photoNames.map { try described(photo($0), "A dog.") }
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          photos.allSatisfy { PhotoProperties($0)[.description]?.text == "A dog." }
            && photos.allSatisfy { (try? described($0, "A cat.")) != nil }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}
