import PhotoMetadata
import Testing

/// Encodings are seen from outside in what is read of IPTC and XMP.
struct TextEncodingTests {
  /// A JPEG with one IPTC keyword in these bytes, and what dataset 1:90 says.
  private func keyword(_ bytes: [UInt8], announced: [UInt8]? = nil) throws -> String? {
    var block = announced.map { PhotoBuilder.dataset(1, 90, $0) } ?? []
    block += PhotoBuilder.dataset(2, 25, bytes)
    return PhotoProperties(try PhotoBuilder.withIPTC(block))[.iptcKeywords]?.text
  }

  /// By Python:
  ///
  ///     list("Škoda – rally".encode("cp1252")), list("Škoda".encode("iso8859_2")),
  ///     list("Прага".encode("iso8859_5")), list("Αθήνα".encode("iso8859_7")),
  ///     list("İzmir".encode("iso8859_9")), list("10 €".encode("iso8859_15"))
  @Test(
    arguments: [
      ([138, 107, 111, 100, 97, 32, 150, 32, 114, 97, 108, 108, 121], nil, "Škoda – rally"),
      ([0xC5, 0xA0, 107, 111, 100, 97], nil, "Škoda"),
      ([0xC5, 0xA0, 107, 111, 100, 97], "-B", "Škoda"),
      ([169, 107, 111, 100, 97], "-B", "Škoda"), ([169, 107, 111, 100, 97], ".B", "Škoda"),
      ([191, 224, 208, 211, 208], "-L", "Прага"), ([193, 232, 222, 237, 225], "-F", "Αθήνα"),
      ([221, 122, 109, 105, 114], "-M", "İzmir"), ([49, 48, 32, 164], "-b", "10 €"),
      // Declared as UTF-8, and not: as if nothing were declared.
      ([138, 107, 111, 100, 97], "%G", "Škoda"), ([138, 107, 111, 100, 97], "%/I", "Škoda"),
      ([138, 107, 111, 100, 97], "-Q", "Škoda"), ([138, 107, 111, 100, 97], "", "Škoda"),
      // A byte that Windows-1252 has no character for.
      ([0xE9, 0x81], nil, "é"),
    ] as [([UInt8], String?, String)])
  func `text is UTF-8, else as declared, else Windows-1252`(
    _ bytes: [UInt8], _ announced: String?, _ expected: String
  ) throws {
    #expect(try keyword(bytes, announced: announced.map { [0x1B] + Array($0.utf8) }) == expected)
  }
}
