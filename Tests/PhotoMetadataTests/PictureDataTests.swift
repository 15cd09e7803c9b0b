import Foundation
import Imaging
import PhotoMetadata
import TestSupport
import Testing

/// What makes a picture stays the same whatever programs write around it.
struct PictureDataTests {
  private func data(_ bytes: [UInt8]) throws -> PictureData {
    try #require(PictureData(bytes))
  }

  @Test(arguments: photoNames)
  func ourOwnDescriptionChangesNothing(name: String) throws {
    let bytes = try photo(name)
    let (before, after) = (try data(bytes), try data(described(bytes, "A dog.")))
    let isSame = before.pieces == after.pieces
    #expect(isSame)
    #expect(before.orientation == after.orientation)
  }

  @Test func everyPhotoHasAPictureOfItsOwn() throws {
    let pieces = try photoNames.map { try data(photo($0)).pieces }
    let pairs = pieces.indices.flatMap { first in
      pieces.indices.filter { $0 > first && pieces[first] == pieces[$0] }.map {
        [photoNames[first], photoNames[$0]]
      }
    }
    // Two show the same as another and have a flag that turns them.
    let expected = [
      ["baseline-420.jpg", "orientation-6.jpg"], ["lossy.webp", "orientation-8.webp"],
    ].map { $0.map { "\(decoding)/\($0)" } }
    #expect(pairs == expected)
  }

  /// What exiftool does to photos.
  enum Change: String, CaseIterable {
    case rating = "-XMP:Rating=5"
    case tag = "-XMP-dc:Subject+=dog"
    case place = "-XMP-exif:GPSLatitude=45.6N"
    case exifPlace = "-EXIF:GPSLatitude=45.6"
    case legacy = "-IPTC:Caption-Abstract=A dog"
    case artist = "-EXIF:Artist=Anna"
    case noThumbnail = "-ThumbnailImage="
    case nothingLeft = "-all="
    case noProfile = "-ICC_Profile:all="
  }

  @Test(.enabled(if: ExifTool.isInstalled), arguments: photoNames, Change.allCases)
  func otherProgramsChangeNothing(name: String, change: Change) throws {
    let bytes = try photo(name)
    let after: [UInt8]
    do {
      after = try ExifTool.changed(bytes, extension: fileExtension(name), [change.rawValue])
    } catch is ExifTool.Failure {
      return  // It writes no such thing into this format.
    }
    let (old, new) = (try data(bytes), try data(after))
    let isSame = old.pieces == new.pieces
    #expect(isSame)
    // Without its metadata, a photo lies as it was stored.
    if change != .nothingLeft { #expect(old.orientation == new.orientation) }
  }

  @Test(
    .enabled(if: ExifTool.isInstalled), arguments: ["samples/china.jpg", "samples/chelsea.png"])
  func turningAPhotoIsToldApartFromItsPicture(name: String) throws {
    let bytes = try photo(name)
    let turned = try ExifTool.changed(
      bytes, extension: fileExtension(name), ["-n", "-EXIF:Orientation=6"])
    let (old, new) = (try data(bytes), try data(turned))
    #expect(old.pieces == new.pieces)
    #expect(old.orientation == 1)
    #expect(new.orientation == 6)
  }

  @Test func aTurnedHEICHasANumberOfItsOwn() throws {
    #expect(try data(photo("\(decoding)/photo.heic")).orientation == 1)
    #expect(try data(photo("\(decoding)/rotated.heic")).orientation != 1)
  }

  @Test func whatLiesBehindAPictureDoesNotCount() throws {
    for name in photoNames where !name.hasSuffix("heic") && !name.hasSuffix("avif") {
      let bytes = try photo(name)
      let other = try photo("samples/china.jpg")
      let isSame = try data(bytes + other).pieces == data(bytes).pieces
      #expect(isSame, "\(name)")
    }
  }

  @Test func onePixelMakesAnotherPicture() throws {
    for name in photoNames {
      let bytes = try photo(name)
      let pieces = try data(bytes).pieces
      // In the middle of the longest piece, which is compressed pixels.
      let longest = try #require(pieces.max { $0.count < $1.count })
      let place = try #require(
        bytes.indices.first { bytes[$0...].starts(with: longest.prefix(64)) })
      var changed = bytes
      changed[place + longest.count / 2] ^= 0x10
      let isSame = PictureData(changed)?.pieces == pieces
      #expect(!isSame, "\(name)")
    }
  }

  /// libjpeg takes three components for YCbCr where a JFIF segment or nothing at all says otherwise,
  /// for RGB where Adobe's segment has a 0.
  @Test func adobesSegmentCountsWhereItChangesColours() throws {
    func adobe(_ transform: UInt8) -> (marker: UInt8, content: [UInt8]) {
      (0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, transform])
    }
    let bytes = try photo("samples/china.jpg")
    // Without its JFIF segment, which has the last word.
    let length = Int(bytes[4]) << 8 + Int(bytes[5])
    let plain = Array(bytes[..<2]) + bytes[(4 + length)...]
    #expect(bytes[3] == 0xE0)
    let pieces = try data(plain).pieces
    #expect(try data(bytes).pieces == pieces)
    #expect(try data(PhotoBuilder.jpeg(plain, segments: [adobe(1)])).pieces == pieces)
    #expect(try data(PhotoBuilder.jpeg(plain, segments: [adobe(0)])).pieces != pieces)
  }

  @Test func chunksOfAPNGMayBeCutAnotherWay() throws {
    let bytes = try photo("samples/chelsea.png")
    let start =
      try #require(
        bytes.indices.first { bytes[$0...].starts(with: Array("IDAT".utf8)) }) - 4
    let count = number(bytes[start..<start + 4])
    let content = Array(bytes[start + 8..<start + 8 + count])
    let half = count / 2
    func chunk(_ content: [UInt8]) -> [UInt8] {
      // Its checksum is not looked at.
      PhotoBuilder.big(content.count, 4) + Array("IDAT".utf8) + content + [0, 0, 0, 0]
    }
    let cut =
      Array(bytes[..<start]) + chunk(Array(content[..<half])) + chunk(Array(content[half...]))
      + bytes[(start + 12 + count)...]
    #expect(try data(cut).pieces.flatMap(\.self) == data(bytes).pieces.flatMap(\.self))
  }

  @Test func damagedFilesAreToldApartOrRefused() throws {
    for name in photoNames {
      let bytes = try photo(name)
      let whole = PictureData(bytes)?.pieces
      // What ends in its first half has lost some of its picture.
      for count in stride(from: 0, to: bytes.count / 2, by: max(1, bytes.count / 50)) {
        let isSame = PictureData(Array(bytes[..<count]))?.pieces == whole
        #expect(!isSame, "\(name) up to \(count)")
      }
    }
    #expect(PictureData([]) == nil)
    #expect(PictureData(Array("not a picture".utf8)) == nil)
  }

  /// Items of a few bytes in the file that each name all of it.
  @Test func aSmallFileCannotNameBillionsOfBytes() throws {
    var generator = SystemRandomNumberGenerator()
    for layout in [PhotoBuilder.HEIFLayout(), .init(locationVersion: 2, itemVersion: 3)] {
      let bytes = PhotoBuilder.heif(layout)
      for _ in 0..<2000 {
        var changed = bytes
        for _ in 0..<4 {
          changed[Int.random(in: 0..<changed.count, using: &generator)] = .random(in: 0...255)
        }
        let total = PictureData(changed)?.pieces.reduce(0) { $0 + $1.count } ?? 0
        #expect(total < 8 * changed.count)
      }
    }
  }
}
