import Foundation
import Imaging
import PhotoMetadata
import TestSupport
import Testing

struct EmbeddedDescriptionTests {
  private static let sentence = "Two dogs & a “child” <play> in the snow – Straße, 犬 🐕."

  /// More than are looked at stand before what was written.
  @Test func `a PNG of many comments is described once`() throws {
    let comment = PhotoBuilder.chunk("tEXt", Array("Comment\0by hand".utf8))
    let original = PhotoBuilder.png(
      try photo("samples/chelsea.png"), chunks: [[UInt8]](repeating: comment, count: 100))
    let written = try described(original, Self.sentence, overwriteHuman: true)
    #expect(PhotoProperties(written)[.caption]?.text == Self.sentence)
    #expect(try described(written, Self.sentence, overwriteHuman: true) == written)
  }

  @Test(arguments: photoNames)
  func `a description can be read again, and the picture is as it was`(_ name: String) throws {
    let original = try photo(name)
    let written = try described(original, Self.sentence)
    let properties = PhotoProperties(written)
    let holdsIPTC = ["jpg", "png"].contains(fileExtension(name))
    #expect(properties[.description]?.text == Self.sentence)
    #expect(properties[.altText]?.text == Self.sentence)
    #expect(properties[.caption]?.text == (holdsIPTC ? Self.sentence : nil))
    #expect(properties.humanText == nil)
    guard case .machine(let marker)? = properties.descriptions.first?.author else {
      Issue.record("no marker")
      return
    }
    #expect(marker.model == model && marker.version == version)
    #expect(try picture(written) == picture(original))
    #expect(try pixels(written) == pixels(original))
    let before = PhotoProperties(original)
    #expect(properties.orientation == before.orientation)
    // The same again changes nothing, another text everything but the rest.
    #expect(try described(written, Self.sentence) == written)
    let again = try described(written, "A cat.", model: "other")
    #expect(PhotoProperties(again).descriptions.allSatisfy { $0.text == "A cat." })
    #expect(PhotoProperties(again).humanText == nil)
    #expect(try picture(again) == picture(original))
    #expect(try pixels(again) == pixels(original))
  }

  @Test(.enabled(if: ExifTool.isInstalled), arguments: photoNames)
  func `ExifTool reads every field, and all that was there before`(_ name: String) throws {
    let original = try photo(name)
    let written = try described(original, Self.sentence)
    let before = try ExifTool.tags(original, extension: fileExtension(name))
    let tags = try ExifTool.tags(written, extension: fileExtension(name))
    #expect(tags["XMP-dc:Description"] == Self.sentence)
    #expect(tags["XMP-iptcCore:AltTextAccessibility"] == Self.sentence)
    #expect(tags["XMP-photoshop:CaptionWriter"] == "caption (\(model))")
    #expect(tags["XMP-caption:Model"] == model)
    #expect(tags["XMP-caption:Version"] == version)
    if ["jpg", "png"].contains(fileExtension(name)) {
      #expect(tags["IPTC:Caption-Abstract"] == Self.sentence)
      #expect(
        tags["IPTC:CodedCharacterSet"] == "UTF8" || tags["IPTC:CodedCharacterSet"] == "\u{1B}%G")
    }
    #expect(
      tags["ExifTool:Warning"] == nil
        || tags["ExifTool:Warning"] == before["ExifTool:Warning"],
      "\(tags["ExifTool:Warning"] ?? "")")
    let expectedToChange: Set<String> = [
      "SourceFile", "System:FileName", "System:FileSize", "System:FileModifyDate",
      "System:FileAccessDate", "System:FileInodeChangeDate", "XMP-x:XMPToolkit",
      "File:CurrentIPTCDigest", "Photoshop:IPTCDigest", "ExifTool:Warning", "ExifTool:Validate",
      "IPTC:CodedCharacterSet", "RIFF:WebP_Flags", "File:FileType", "QuickTime:MediaDataOffset",
      "QuickTime:MediaDataSize",
    ]
    for (tag, value) in before where !expectedToChange.contains(tag) {
      #expect(tags[tag] == value, "\(tag)")
    }
  }

  /// A JPEG with what its owner and other programs wrote.
  private func ownedPhoto(_ arguments: [String], name: String = "samples/rocket.jpg") throws
    -> [UInt8]
  {
    try ExifTool.changed(photo(name), extension: fileExtension(name), arguments)
  }

  @Test(
    .enabled(if: ExifTool.isInstalled),
    arguments: [
      "-XMP-dc:Description=My dog", "-XMP-dc:Description-de=Mein Hund",
      "-IPTC:Caption-Abstract=My dog", "-EXIF:ImageDescription=My dog",
      "-EXIF:UserComment=My dog", "-EXIF:XPComment=My dog", "-Comment=My dog",
      "-XMP-tiff:ImageDescription=My dog", "-XMP-exif:UserComment=My dog",
    ])
  func `what a person wrote stays unless told otherwise`(_ argument: String) throws {
    let original = try ownedPhoto([argument])
    #expect {
      try described(original, "A dog.")
    } throws: { error in
      guard case .humanText(let path, _, let text)? = error as? MetadataError else { return false }
      return path == "photo" && ["My dog", "Mein Hund"].contains(text)
    }
    let written = try described(original, "A dog.", overwriteHuman: true)
    let properties = PhotoProperties(written)
    #expect(properties[.description]?.text == "A dog.")
    #expect(properties[.altText]?.text == "A dog.")
    #expect(properties[.caption]?.text == "A dog.")
    if argument.contains("-de=") {
      #expect(properties.humanText?.language == "de")
    }
  }

  @Test(
    .enabled(if: ExifTool.isInstalled),
    arguments: [
      "-XMP-dc:Title=My dog", "-XMP-photoshop:Headline=My dog", "-XMP-dc:Subject=My dog",
      "-IPTC:ObjectName=My dog", "-IPTC:Headline=My dog", "-IPTC:Keywords=My dog",
      "-EXIF:XPTitle=My dog", "-EXIF:XPSubject=My dog", "-EXIF:XPKeywords=My dog",
      "-XMP-iptcCore:AltTextAccessibility=My dog",
    ])
  func `a person's title, keywords and alternative text leave the description free`(
    _ argument: String
  ) throws {
    let original = try ownedPhoto([argument])
    #expect(PhotoProperties(original).humanText?.text == "My dog")
    let written = PhotoProperties(try described(original, "A dog."))
    #expect(written[.description]?.text == "A dog.")
    #expect(written.humanText?.text == "My dog")
    let isAltText = argument.contains("AltText")
    #expect(written[.altText]?.text == (isAltText ? "My dog" : "A dog."))
    #expect(try described(described(original, "A dog."), "A dog.") == described(original, "A dog."))
  }

  @Test func `a person's note takes the place of a model's text, and of an earlier note`() throws {
    let original = try photo("samples/rocket.jpg")
    func noted(_ bytes: [UInt8], _ text: String) throws -> [UInt8] {
      try EmbeddedDescription.write(
        PhotoSentence(text, model: nil, version: version), into: bytes, format: .jpeg,
        name: "photo"
      ).bytes
    }
    let machine = try described(original, "A rocket.")
    let first = try noted(machine, "Žofie and Rex")
    let properties = PhotoProperties(first)
    #expect(properties.descriptions.allSatisfy { $0.author == .person })
    #expect(Set(properties.descriptions.map(\.text)) == ["Žofie and Rex"])
    #expect(properties.descriptions.allSatisfy { $0.isNote })
    #expect(try noted(first, "Žofie and Rex") == first)
    #expect(throws: MetadataError.self) { try described(first, "A pencil.") }
    let second = PhotoProperties(try noted(first, String(repeating: "Žofie ", count: 1000)))
    #expect(second.descriptions.count == 3)
    #expect(second.descriptions.allSatisfy { $0.isNote && $0.text.hasPrefix("Žofie Žofie") })
  }

  @Test(.enabled(if: ExifTool.isInstalled))
  func `what this program wrote can be taken out again`() throws {
    let original = try ownedPhoto([
      "-XMP-dc:Title=My dog", "-IPTC:Keywords=Köln", "-XMP-photoshop:CaptionWriter=Jürgen",
    ])
    let written = try described(original, "A dog.")
    let stripped = try #require(
      try EmbeddedDescription.stripped(written, format: .jpeg, name: "photo"))
    let before = try ExifTool.tags(original, extension: "jpg")
    let after = try ExifTool.tags(stripped, extension: "jpg")
    let changing = ["System:", "ExifTool:", "XMP-x:", "SourceFile"]
    func lasting(_ tags: [String: String]) -> [String: String] {
      tags.filter { tag in !changing.contains(where: tag.key.hasPrefix) }
    }
    #expect(lasting(after) == lasting(before))
    #expect(try EmbeddedDescription.stripped(stripped, format: .jpeg, name: "photo") == nil)
    // A person's changes stay.
    let edited = try ExifTool.changed(
      written, extension: "jpg", ["-XMP-dc:Description=Our dog", "-XMP-dc:Title=Ours"])
    let rest = PhotoProperties(
      try #require(try EmbeddedDescription.stripped(edited, format: .jpeg, name: "photo")))
    #expect(Set(rest.descriptions.map(\.text)) == ["Our dog", "Ours", "Köln"])
  }

  @Test(arguments: photoNames)
  func `taking a text out leads back to no text, in every format`(_ name: String) throws {
    let written = try described(photo(name), Self.sentence)
    let format = try #require(ImageFormat(written))
    let stripped = try #require(
      try EmbeddedDescription.stripped(written, format: format, name: "photo"))
    #expect(PhotoProperties(stripped).descriptions == [])
    #expect(!stripped.containsText("child"))
    #expect(try picture(stripped) == picture(written))
    #expect(try pixels(stripped) == pixels(written))
  }

  @Test(
    .enabled(if: ExifTool.isInstalled),
    arguments: [
      "-XMP-dc:Description", "-IPTC:Caption-Abstract",
    ])
  func `a text of ours that a person changed is a person's`(_ tag: String) throws {
    let machine = try described(photo("samples/rocket.jpg"), "A rocket.")
    let edited = try ExifTool.changed(machine, extension: "jpg", ["\(tag)=Our rocket"])
    #expect(PhotoProperties(edited).humanText?.text == "Our rocket")
    #expect(throws: MetadataError.self) { try described(edited, "A pencil.") }
    // Other changes do not make it one.
    let rated = try ExifTool.changed(machine, extension: "jpg", ["-XMP-xmp:Rating=4"])
    #expect(PhotoProperties(rated).humanText == nil)
    let again = try described(rated, "A pencil.")
    #expect(try ExifTool.tags(again, extension: "jpg")["XMP-xmp:Rating"] == "4")
  }

  @Test(.enabled(if: ExifTool.isInstalled))
  func `all other metadata stays, also what this program does not know`() throws {
    let original = try ownedPhoto([
      "-IPTC:Keywords=Straße", "-IPTC:By-line=Jürgen", "-IPTC:City=München",
      "-IPTC:DateCreated=2021:07:04", "-IPTC:TimeCreated=18:30:05+02:00",
      "-Photoshop:IPTCDigest=00000000000000000000000000000000", "-Photoshop:URL=http://example.com",
      "-XMP-photoshop:CaptionWriter=Jürgen", "-XMP-dc:Title-fr=Fusée", "-XMP-dc:Subject=a, b",
      "-XMP-lr:HierarchicalSubject=a|b", "-EXIF:UserComment=Screenshot",
      "-EXIF:LensModel=50 mm", "-Comment=Created with GIMP",
    ])
    let written = try described(original, "A rocket.")
    let before = try ExifTool.tags(original, extension: "jpg")
    let tags = try ExifTool.tags(written, extension: "jpg")
    let changing = ["System:", "ExifTool:", "File:CurrentIPTCDigest", "XMP-x:", "SourceFile"]
    for (tag, value) in before where !changing.contains(where: tag.hasPrefix) {
      // A digest of what IPTC was would make readers distrust XMP.
      #expect(tags[tag] == (tag == "Photoshop:IPTCDigest" ? nil : value), "\(tag)")
    }
    #expect(tags["IPTC:By-line"] == "Jürgen")
    #expect(tags["XMP-photoshop:CaptionWriter"] == "Jürgen")
    #expect(tags["IPTC:Caption-Abstract"] == "A rocket.")
    // Blocks that are none of this program's business are the same bytes.
    for (marker, beginning) in [(0xE0, "JFIF"), (0xE1, "Exif"), (0xE2, "ICC_PROFILE")] {
      #expect(try segments(written, marker, beginning) == segments(original, marker, beginning))
      #expect(try !segments(written, marker, beginning).isEmpty)
    }
  }

  private func segments(_ bytes: [UInt8], _ marker: Int, _ beginning: String) throws -> [[UInt8]] {
    var found: [[UInt8]] = []
    var offset = 2
    while bytes[offset + 1] != 0xDA {
      let end = offset + 2 + number(bytes[offset + 2..<offset + 4])
      let content = Array(bytes[offset + 4..<end])
      if Int(bytes[offset + 1]) == marker, content.starts(with: beginning.utf8) {
        found.append(content)
      }
      offset = end
    }
    return found
  }

  @Test(arguments: [
    String(repeating: "0123456789", count: 500), String(repeating: "犬🐕 ", count: 1600),
    String(repeating: "é", count: 1001), "a\u{0}b\u{1B}c\u{FFFF}d", "line\r\nline",
    "]]> &amp; <!--",
    "e\u{301}\u{302}", "lang=\"de\" text", "lang=de text", "\u{202E}right to left",
  ])
  func `long and odd texts come back as they were cleaned`(_ text: String) throws {
    for name in ["samples/rocket.jpg", "\(decoding)/rgb.png", "\(decoding)/photo.heic"] {
      let written = try described(photo(name), text)
      let properties = PhotoProperties(written)
      let cleaned = DescriptionText.cleaned(text)
      #expect(properties[.description]?.text == cleaned)
      #expect(properties[.altText]?.text == cleaned)
      #expect(properties.humanText == nil)
      #expect(try described(written, text) == written)
      if let caption = properties[.caption]?.text {
        #expect(cleaned.hasPrefix(caption))
        #expect(caption.utf8.count <= 2000)
        #expect(caption == cleaned || caption.utf8.count > 1990)
      }
    }
  }

  @Test func `a text of nothing is refused`() throws {
    for text in ["", "  \n", "\u{0}\u{1}"] {
      #expect(throws: MetadataError.emptyText(path: "photo")) {
        try described(photo("samples/rocket.jpg"), text)
      }
    }
  }

  @Test func `a text too long for the format is refused`() throws {
    #expect(throws: MetadataError.noRoom(path: "photo", format: "JPEG")) {
      try described(photo("samples/rocket.jpg"), String(repeating: "x", count: 33_000))
    }
  }

  @Test func `namespaces keep their names, and one file's do not change another's`() throws {
    let rdf = """
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
      xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
      xmlns:q="http://example.com/q" q:a="1"/></rdf:RDF></x:xmpmeta>
      """
    func withXMP(_ xmp: String) throws -> [UInt8] {
      PhotoBuilder.jpeg(
        try photo("\(decoding)/grey.jpg"),
        segments: [(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + xmp.utf8)])
    }
    #expect(try described(withXMP(rdf), "A dog.").containsText("xmlns:q=\"http://example.com/q\""))
    // exiv2 by itself would write the next photo's description into this namespace.
    let foreign = try withXMP(
      rdf.replacing(
        "xmlns:q=\"http://example.com/q\" q:a", with: "xmlns:dc=\"http://x.org/\" dc:title"))
    #expect(throws: MetadataError.self) { try described(foreign, "A dog.") }
    let next = try described(photo("\(decoding)/grey.jpg"), "A dog.")
    #expect(next.containsText("xmlns:dc=\"http://purl.org/dc/elements/1.1/\""))
  }

  @Test(arguments: [true, false])
  func `the index of several pictures in a file stays right`(_ hasResources: Bool) throws {
    let first = try photo("\(decoding)/grey.jpg")
    let second = try photo("\(decoding)/rgb.jpg")
    let resources: [UInt8] = Array("Photoshop 3.0\0".utf8)
    func file(size: Int, offset: Int) -> [UInt8] {
      let entry: [UInt8] = PhotoBuilder.big(0x0003_0000, 4) + PhotoBuilder.big(size, 4)
      let entries =
        entry + [UInt8](repeating: 0, count: 8) + PhotoBuilder.big(0, 4)
        + PhotoBuilder.big(second.count, 4) + PhotoBuilder.big(offset, 4) + [0, 0, 0, 0]
      let directory: [UInt8] = [0, 1, 0xB0, 0x02, 0, 7, 0, 0, 0, 32, 0, 0, 0, 26, 0, 0, 0, 0]
      let index: [UInt8] = Array("MPF\0MM\0*".utf8) + [0, 0, 0, 8] + directory + entries
      // IPTC stands behind the index, so that what follows moves by more than the index does.
      var segments: [(marker: UInt8, content: [UInt8])] = [(0xE2, index)]
      if hasResources { segments.append((0xED, resources)) }
      return PhotoBuilder.jpeg(first, segments: segments)
    }
    let size = file(size: 0, offset: 0).count
    let origin = 2 + 4 + 4
    let original = file(size: size, offset: size - origin) + second
    let written = try described(original, "A dog.")
    let start = try #require(written.firstRange(of: Array("MPF\0".utf8))).upperBound
    let newSize = number(written[start + 26 + 4..<start + 26 + 8])
    let newOffset = number(written[start + 26 + 24..<start + 26 + 28])
    #expect(newSize == written.count - second.count)
    #expect(start + newOffset == newSize)
    #expect(Array(written[newSize...]) == second)
  }

  @Test(arguments: ["lossy.webp", "grey.jpg", "grey-1.png", "photo.heic"])
  func `where nothing else was in a packet, another description goes into it again`(
    _ name: String
  ) throws {
    let original = try photo("\(decoding)/\(name)")
    let format = try #require(ImageFormat(original))
    let stripped = try #require(
      try EmbeddedDescription.stripped(
        described(original, "A dog."), format: format, name: "photo"))
    #expect(PhotoProperties(stripped).descriptions == [])
    #expect(PhotoProperties(try described(stripped, "A cat."))[.description]?.text == "A cat.")
  }
}
