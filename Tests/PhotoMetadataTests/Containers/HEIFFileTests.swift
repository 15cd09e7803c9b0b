import Imaging
import PhotoMetadata
import Testing

struct HEIFFileTests {
  private static let layouts: [PhotoBuilder.HEIFLayout] = [
    .init(), .init(locationVersion: 1), .init(locationVersion: 2),
    .init(locationVersion: 1, method: 1), .init(itemVersion: 3), .init(baseSize: 4),
    .init(baseSize: 8), .init(offsetSize: 8, lengthSize: 8),
    .init(locationVersion: 1, offsetSize: 8, baseSize: 8, method: 1),
    .init(
      locationVersion: 2, itemVersion: 3, primaryID: 70_000, referenceVersion: 1),
    .init(metaHeaderSize: 16), .init(mediaHeaderSize: 16), .init(isOpenEnded: true),
    .init(metaIsLast: true), .init(isOpenEnded: true, metaIsLast: true),
    .init(referenceVersion: nil), .init(referenceVersion: 1), .init(hasMovie: true),
    .init(hasMovie: true, trailer: [0, 0, 0]),
    .init(
      trailer: PhotoBuilder.box("mpvd", [1, 2, 3])),
  ]

  @Test(arguments: layouts)
  func `all items stay what they were, however the file is laid out`(
    _ layout: PhotoBuilder.HEIFLayout
  ) throws {
    let original = PhotoBuilder.heif(layout)
    #expect(PhotoProperties(original).cameraModel == "A camera")
    let written = try described(original, "A dog.")
    let properties = PhotoProperties(written)
    #expect(properties.cameraModel == "A camera")
    #expect(properties[.description]?.text == "A dog.")
    #expect(properties.humanText == nil)
    let before = try items(original)
    let after = try items(written)
    if layout.referenceVersion == nil {
      // An item that describes no picture in particular is taken for the primary one's.
      #expect(after.count == before.count)
      #expect(after.filter { $0.type != "mime" } == before.filter { $0.type != "mime" })
    } else {
      #expect(after.dropLast() == before[...])
      #expect(after.last?.id == layout.primaryID + 4)
    }
    // What counts from the end of the file stays right.
    if !layout.metaIsLast, layout.referenceVersion != nil, layout.method == 0 {
      let tail = 1000 + layout.trailer.count
      #expect(written.suffix(tail) == original.suffix(tail))
    }
    if layout.hasMovie {
      #expect(try chunks(written) == chunks(original))
    }
    // A text as long as the first goes over it, a longer one elsewhere.
    #expect(try described(written, "A cat.").count == written.count)
    let long = String(repeating: "word ", count: 1000)
    let longer = try described(written, long)
    #expect(PhotoProperties(longer)[.altText]?.text == long.dropLast().description)
    #expect(
      try items(longer).filter { $0.type != "mime" } == before.filter { $0.type != "mime" })
    #expect(!longer.containsText("A dog."))
  }

  /// The first bytes of each chunk of the movie.
  private func chunks(_ bytes: [UInt8]) throws -> [[UInt8]] {
    func offsets(_ type: String, width: Int) throws -> [Int] {
      let start = try #require(bytes.firstRange(of: Array(type.utf8))).lowerBound
      return (0..<number(bytes[start + 8..<start + 12])).map {
        let offset = start + 12 + width * $0
        return number(bytes[offset..<offset + width])
      }
    }
    return try (offsets("stco", width: 4) + offsets("co64", width: 8)).map {
      Array(bytes[$0..<$0 + 50])
    }
  }

  @Test func `a file whose items lie in others is left alone`() throws {
    var bytes = PhotoBuilder.heif(.init(locationVersion: 1))
    // The data reference of the first item, behind its identifier and its method.
    let start = try #require(bytes.firstRange(of: Array("iloc".utf8))).upperBound + 8
    bytes[start + 5] = 1
    #expect(throws: MetadataError.self) { try described(bytes, "A dog.") }
  }

  @Test func `an item with billions of extents is refused`() throws {
    var content: [UInt8] = [0, 0, 0, 0, 0, 0] + PhotoBuilder.big(8000, 2)
    for id in 1...8000 {
      content += PhotoBuilder.big(id, 2) + [0, 0] + [0xFF, 0xFF]
    }
    let meta = PhotoBuilder.box(
      "meta",
      [0, 0, 0, 0] + PhotoBuilder.box("pitm", [0, 0, 0, 0, 0, 1])
        + PhotoBuilder.box("iinf", [0, 0, 0, 0, 0, 0]) + PhotoBuilder.box("iloc", content))
    let bytes = PhotoBuilder.box("ftyp", Array("heic\0\0\0\0heic".utf8)) + meta
    #expect(throws: MetadataError.self) { try described(bytes, "A dog.") }
  }

  @Test(arguments: layouts)
  func `damaged files never crash the program`(_ layout: PhotoBuilder.HEIFLayout) throws {
    let bytes = try described(PhotoBuilder.heif(layout), "A dog.")
    mutated(bytes, count: 500, seed: 21) { damaged in
      _ = PhotoProperties(damaged)
      for text in ["A cat.", String(repeating: "cat ", count: 500)] {
        if let written = try? EmbeddedDescription.write(
          sentence(text), into: damaged, format: .heic, name: "photo", overwriteHuman: true)
        {
          _ = PhotoProperties(written.bytes)
        }
      }
    }
  }
}

extension [UInt8] {
  func containsText(_ text: String) -> Bool { !ranges(of: Array(text.utf8)).isEmpty }
}
