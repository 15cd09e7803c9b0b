import Foundation
import PhotoMetadata
import SystemPackage
import TestSupport
import Testing

/// Encodings are seen from outside in what becomes of XMP files.
struct XMLEncodingTests {
  private let folder: TemporaryFolder
  private let photo: FilePath

  init() throws {
    folder = try TemporaryFolder()
    photo = FilePath(folder.path).appending("photo.jpg")
  }

  private func xml(_ declaration: String, _ keyword: String) -> String {
    """
    \(declaration)<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
    xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag><rdf:li>\(keyword)</rdf:li>\
    </rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>
    """
  }

  /// Writes a sidecar, has a description put into it, and gives back what it says then.
  private func keyword(_ bytes: Data) throws -> String? {
    let path = Sidecar.path(for: photo, .xmp)
    try bytes.write(to: URL(filePath: path.string))
    #expect(Sidecar.texts(beside: photo).first?.texts.map(\.place) == [.keywords])
    try #require(try Sidecar.xmp(sentence("A dog."), for: photo)).commit()
    let written = try FileReplacement.read(path).bytes
    #expect(String(validating: written, as: UTF8.self) != nil)
    #expect(!written.containsText("ISO-8859") && !written.containsText("windows"))
    let texts = try #require(Sidecar.texts(beside: photo).first).texts
    #expect(texts.first { $0.place == .description }?.text == "A dog.")
    return texts.first { $0.place == .keywords }?.text
  }

  @Test(arguments: [
    ("ISO-8859-1", String.Encoding.isoLatin1, "Köln"), ("iso-8859-2", .isoLatin2, "Škoda"),
    ("windows-1250", .windowsCP1250, "Škoda"), ("windows-1251", .windowsCP1251, "Прага"),
    ("UTF-8", .isoLatin1, "Köln"), ("unheard-of", .windowsCP1252, "Škoda – rally"),
    ("UTF-8//TRANSLIT", .isoLatin1, "Köln"), ("ISO-8859-1", .utf8, "Köln"),
  ])
  func `a file is read as it is declared`(
    _ name: String, _ encoding: String.Encoding, _ word: String
  ) throws {
    let text = xml("<?xml version=\"1.0\" encoding='\(name)'?>\n", word)
    #expect(try keyword(#require(text.data(using: encoding))) == word)
  }

  @Test func `a file that declares nothing is UTF-8, or else Windows-1252`() throws {
    #expect(try keyword(Data(xml("", "Škoda").utf8)) == "Škoda")
    #expect(try keyword(#require(xml("", "Škoda").data(using: .windowsCP1252))) == "Škoda")
    #expect(try keyword(Data([0xEF, 0xBB, 0xBF] + xml("", "Škoda").utf8)) == "Škoda")
  }

  @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian], [true, false])
  func `a file in UTF-16 is read, with and without mark`(
    _ encoding: String.Encoding, _ isMarked: Bool
  ) throws {
    let text = (isMarked ? "\u{FEFF}" : "") + xml("<?xml version=\"1.0\"?>", "Škoda")
    #expect(try keyword(#require(text.data(using: encoding))) == "Škoda")
  }
}
