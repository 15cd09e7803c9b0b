import PhotoMetadata
import Testing

struct BoilerplateTests {
  private func texts(ofComment text: String) throws -> [String] {
    let segments: [(marker: UInt8, content: [UInt8])] = [(0xFE, Array(text.utf8))]
    return PhotoProperties(
      PhotoBuilder.jpeg(try photo("\(decoding)/grey.jpg"), segments: segments)
    ).descriptions.map(\.text)
  }

  @Test(arguments: [
    "CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90\n", "Created with GIMP",
    "Created with The GIMP", "OLYMPUS DIGITAL CAMERA", "File written by Adobe Photoshop® 4.0",
    "LEAD Technologies Inc. V1.01", "Intel(R) JPEG Library, version [1.51.12.44]", "AppleMark\n",
    "cmp3.10.3.2Lq3 0x756ffbf7", "Lavc58.54.100", "IMG_0001.JPG", "", "\0\0\0", "  ",
    "Optimized by JPEGmini 3.9.20.0L 0x2b5c1d0f", "DCIM\\100MEDIA\\DJI_0001.JPG",
  ])
  func `what programs and cameras write into every picture is no one's words`(
    _ text: String
  ) throws {
    #expect(try texts(ofComment: text) == [])
  }

  @Test(arguments: [
    "Created with love for Anna", "Our Olympus digital camera", "Photo by Rex", "GIMP party",
    "Bilder von Köln",
  ])
  func `what a person writes is theirs`(_ text: String) throws {
    #expect(try texts(ofComment: text) == [text])
  }
}
