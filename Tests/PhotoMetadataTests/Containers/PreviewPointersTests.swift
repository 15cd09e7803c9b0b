import Imaging
import PhotoMetadata
import TestSupport
import Testing

struct PreviewPointersTests {
  /// A JPEG with a maker note that has one entry, and a preview behind the picture to which that
  /// points from the TIFF header.
  private func photoWithPreview(
    header: String, tag: Int = 0x2001, isLittleEndian: Bool,
    entry: (_ place: Int, _ count: Int) -> (type: Int, count: Int, value: Int)
  ) throws -> [UInt8] {
    let preview = try photo("\(decoding)/grey.jpg")
    func file(_ place: Int) -> [UInt8] {
      let (type, count, value) = entry(place, preview.count)
      func number(_ value: Int, _ width: Int) -> [UInt8] {
        let bytes = PhotoBuilder.big(value, width)
        return isLittleEndian ? bytes.reversed() : bytes
      }
      let note =
        Array(header.utf8) + number(1, 2) + number(tag, 2) + number(type, 2) + number(count, 4)
        + number(value, 4) + [0, 0, 0, 0]
      let block = PhotoBuilder.exif(
        exif: [PhotoBuilder.Entry(0x927C, undefined: note)], isLittleEndian: isLittleEndian)
      return PhotoBuilder.jpeg(preview, segments: [(0xE1, Array("Exif\0\0".utf8) + block)])
    }
    // Start of image, marker, length and “Exif” stand before the TIFF header.
    return file(file(0).count - 12) + preview
  }

  private static let sony = "SONY DSC \0\0\0"

  @Test(arguments: [true, false])
  func `Sony's pointer to a preview moves with it`(_ isLittleEndian: Bool) throws {
    let original = try photoWithPreview(header: Self.sony, isLittleEndian: isLittleEndian) {
      (7, $1, $0)
    }
    let preview = try photo("\(decoding)/grey.jpg")
    func pointed(_ bytes: [UInt8]) throws -> Int {
      let start = try #require(bytes.firstRange(of: Array(Self.sony.utf8))).upperBound + 2 + 8
      let digits = bytes[start..<start + 4]
      return 12 + (isLittleEndian ? number(digits.reversed()) : number(digits))
    }
    #expect(try Array(original[pointed(original)...]) == preview)
    var bytes = original
    for text in ["A dog.", String(repeating: "A dog. ", count: 500)] {
      bytes = try described(bytes, text)
      #expect(try Array(bytes[pointed(bytes)...]) == preview)
    }
    bytes = try #require(
      try EmbeddedDescription.stripped(bytes, format: .jpeg, name: "photo"))
    #expect(try Array(bytes[pointed(bytes)...]) == preview)
  }

  @Test(.enabled(if: ExifTool.isInstalled))
  func `ExifTool finds the preview where it is`() throws {
    let original = try photoWithPreview(header: Self.sony, isLittleEndian: true) { (7, $1, $0) }
    let written = try described(original, "A dog.")
    let before = try ExifTool.tags(original, extension: "jpg")
    let after = try ExifTool.tags(written, extension: "jpg")
    #expect(before["Sony:PreviewImage"] != nil)
    #expect(after["Sony:PreviewImage"] == before["Sony:PreviewImage"])
  }

  @Test(arguments: ["OLYMPUS\0II\u{3}\0", "AOC\0MM", "", "Nikon\0\u{2}"])
  func `other makers' pointers are told, and nothing is written`(_ header: String) throws {
    let original = try photoWithPreview(header: header, tag: 0x88, isLittleEndian: true) {
      place, _ in
      (4, 1, place)
    }
    #expect {
      try described(original, "A dog.")
    } throws: { error in
      guard case .pinned(let path, _)? = error as? MetadataError else { return false }
      return path == "photo"
    }
  }

  @Test func `a pointer beyond the file is left as it is`() throws {
    let original = try photoWithPreview(header: Self.sony, isLittleEndian: true) {
      (7, $1, $0 + 0x10_0000)
    }
    #expect(try described(original, "A dog.").count > original.count)
  }
}
