import Foundation
import PhotoMetadata
import SystemPackage
import TestSupport
import Testing

struct SidecarTests {
  private let folder: TemporaryFolder
  private let photo: FilePath

  init() throws {
    folder = try TemporaryFolder()
    photo = FilePath(folder.path).appending("photo.jpg")
  }

  private func write(_ text: String, _ kind: Sidecar.Kind) throws -> FilePath {
    let path = Sidecar.path(for: photo, kind)
    try Data(text.utf8).write(to: URL(filePath: path.string))
    return path
  }

  private func read(_ kind: Sidecar.Kind) throws -> String {
    String(decoding: try FileReplacement.read(Sidecar.path(for: photo, kind)).bytes, as: UTF8.self)
  }

  private func xmp(_ text: String, overwriteHuman: Bool = false) throws -> FileEdit? {
    try Sidecar.xmp(
      sentence(text), for: photo,
      overwriteHuman: overwriteHuman)
  }

  @Test func `a sidecar has the photo's whole name`() {
    let names = Sidecar.Kind.allCases.map { Sidecar.path(for: "a/b.c/photo.jpg", $0).string }
    #expect(names == ["a/b.c/photo.jpg.txt", "a/b.c/photo.jpg.json", "a/b.c/photo.jpg.xmp"])
  }

  @Test func `a packet that is only its wrapper is an empty one`() throws {
    let wrapper =
      "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n \n<?xpacket end=\"w\"?>"
    _ = try write(wrapper, .xmp)
    try #require(try xmp("A dog.")).commit()
    #expect(Sidecar.texts(beside: photo).first?.texts.first?.text == "A dog.")
    // Text is none.
    _ = try write("<?xpacket?> My dog", .xmp)
    #expect(throws: MetadataError.self) { try xmp("A dog.") }
  }

  @Test func `a sentence is written, replaced and taken away`() throws {
    let first = try #require(try Sidecar.text("A dog.\r\n", for: photo) { _, _ in false })
    try first.commit()
    #expect(try read(.text) == "A dog.\n")
    #expect(try Sidecar.text("A dog.", for: photo) { _, _ in false } == nil)
    var asked: [FilePath] = []
    let second = try #require(
      try Sidecar.text("A cat.", for: photo) { path, bytes in
        asked.append(path)
        return bytes == Array("A dog.\n".utf8)
      })
    #expect(asked == [first.path])
    try second.commit()
    #expect(try read(.text) == "A cat.\n")
    #expect(throws: MetadataError.changed(path: first.path.string)) {
      try first.undo.apply(to: first.path)
    }
    try second.undo.apply(to: second.path)
    #expect(try read(.text) == "A dog.\n")
    #expect(try first.undo.apply(to: first.path))
    #expect(throws: MetadataError.self) { try read(.text) }
    #expect(try !first.undo.apply(to: first.path))
  }

  @Test func `what a person wrote stays`() throws {
    let text = try write("My notes", .text)
    let human = MetadataError.humanText(path: text.string, place: "text", text: "My notes")
    #expect(throws: human) { try Sidecar.text("A dog.", for: photo) { _, _ in false } }
    #expect(try Sidecar.text("A dog.", for: photo, overwriteHuman: true) { _, _ in false } != nil)
    _ = try write(" \n", .text)
    #expect(try Sidecar.text("A dog.", for: photo) { _, _ in false } != nil)

    let object = Array(#"{"generator": "caption", "text": "A dog."}"#.utf8)
    for other in ["{}", "[]", "no JSON", #"{"generator": "exiftool"}"#, #"{"generator": 1}"#] {
      _ = try write(other, .json)
      #expect(throws: MetadataError.self, "\(other)") {
        try Sidecar.json(object, for: photo) { _, _ in false }
      }
      #expect(try Sidecar.json(object, for: photo) { _, _ in true } != nil)
    }
    _ = try write(#"{"text": "A cat.", "generator": "caption"}"#, .json)
    try #require(try Sidecar.json(object, for: photo) { _, _ in false }).commit()
    #expect(try read(.json) == String(decoding: object, as: UTF8.self))
    #expect(try Sidecar.json(object, for: photo) { _, _ in false } == nil)
  }

  /// As darktable 4.2 writes it, shortened.
  private static let darktable = """
    <?xml version="1.0" encoding="UTF-8"?>
    <x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
     <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description rdf:about=""
        xmlns:xmp="http://ns.adobe.com/xap/1.0/"
        xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
        xmlns:darktable="http://darktable.sf.net/"
       xmp:Rating="3"
       xmpMM:DerivedFrom="photo.jpg"
       darktable:xmp_version="5"
       darktable:history_end="2">
       <darktable:history>
        <rdf:Seq>
         <rdf:li
          darktable:num="0"
          darktable:operation="exposure"
          darktable:params="gz08eJxjYGBgYAFiCQYYOOHEgAZY0QWAgBGLGANDgz0Ej1Q+dcF/IADRAGpyHQU="/>
         <rdf:li
          darktable:num="1"
          darktable:operation="flip"
          darktable:params="ffffffff"/>
        </rdf:Seq>
       </darktable:history>
      </rdf:Description>
     </rdf:RDF>
    </x:xmpmeta>
    """

  @Test func `a new XMP file is one that this program knows as its own`() throws {
    let edit = try #require(try xmp("A dog & a cat."))
    try edit.commit()
    #expect(try read(.xmp).hasPrefix("<?xpacket begin"))
    #expect(try xmp("A dog & a cat.") == nil)
    let second = try #require(try xmp("A cat."))
    try second.commit()
    #expect(try read(.xmp).contains(">A cat.<"))
    #expect(try second.undo.apply(to: second.path))
    #expect(try edit.undo.apply(to: edit.path))
    #expect(throws: MetadataError.self) { try read(.xmp) }
  }

  @Test func `another program's XMP file keeps all else it holds`() throws {
    _ = try write(Self.darktable, .xmp)
    let edit = try #require(try xmp("A dog."))
    try edit.commit()
    let merged = try read(.xmp)
    #expect(merged.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<x:xmpmeta"))
    for line in Self.darktable.split(separator: "\n").map({ DescriptionText.cleaned(String($0)) })
    where line.contains("=\"") && !line.contains("x:xmptk") {
      #expect(
        merged.contains(line.trimmingCharacters(in: ["/", ">"])), "\(line)")
    }
    try edit.undo.apply(to: edit.path)
    #expect(try read(.xmp) == Self.darktable)
  }

  @Test func `a person's description in an XMP file stays`() throws {
    let text = Self.darktable.replacing(
      "<darktable:history>",
      with: """
        <dc:description xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Alt>\
        <rdf:li xml:lang="x-default">My dog</rdf:li></rdf:Alt></dc:description><darktable:history>
        """)
    _ = try write(text, .xmp)
    #expect(throws: MetadataError.self) { try xmp("A dog.") }
    #expect(try xmp("A dog.", overwriteHuman: true) != nil)
    _ = try write("This is no XMP, but a description", .xmp)
    #expect(throws: MetadataError.self) { try xmp("A dog.", overwriteHuman: true) }
    _ = try write("", .xmp)
    #expect(try xmp("A dog.") != nil)
  }

  @Test(.enabled(if: ExifTool.isInstalled))
  func `ExifTool reads an XMP file`() throws {
    _ = try write(Self.darktable, .xmp)
    try #require(try xmp("A dog – 犬.")).commit()
    let tags = try ExifTool.tags(Array(try read(.xmp).utf8), extension: "xmp")
    #expect(tags["XMP-dc:Description"] == "A dog – 犬.")
    #expect(tags["XMP-iptcCore:AltTextAccessibility"] == "A dog – 犬.")
    #expect(tags["XMP-xmp:Rating"] == "3")
    let before = try ExifTool.tags(Array(Self.darktable.utf8), extension: "xmp")
    for (tag, value) in before where tag.hasPrefix("XMP-darktable:") {
      #expect(tags[tag] == value, "\(tag)")
    }
    #expect(tags["ExifTool:Warning"] == nil)
  }
}
