import Foundation
import Gallery
import Imaging
import SystemPackage
import TestSupport
import Testing

@Suite struct ThumbnailTests {
  private func thumbnails(_ photos: [[FilePath]], longSide: Int = 200) -> [Thumbnail.Result] {
    Thumbnail.all(of: photos, longSide: longSide, threads: 2)
  }

  private func sample(_ name: String) -> FilePath {
    FilePath(projectFolder.appending(path: "data/samples/\(name)").path)
  }

  private func decoded(_ result: Thumbnail.Result) throws -> RGBImage {
    try ImageDecoder.decode(bytes: [UInt8](try result.get()), name: "thumbnail")
  }

  @Test func `thumbnails are WebP files that look like their photos`() throws {
    let names = ["china.jpg", "astronaut.png", "flower.jpg", "coffee.png"]
    let results = thumbnails(names.map { [sample($0)] })
    for (name, result) in zip(names, results) {
      let bytes = [UInt8](try result.get())
      #expect(ImageFormat(bytes) == .webp)
      #expect(bytes.count < 20_000)
      let small = try decoded(result)
      #expect(max(small.width, small.height) == 200)
      let full = try ImageDecoder.decode(path: sample(name).string)
      let ratio = Double(full.width) / Double(full.height)
      #expect(abs(Double(small.width) / Double(small.height) - ratio) < 0.02)
      let expected = full.resized(to: small.size, filter: .lanczos).pixels
      let difference = zip(small.pixels, expected).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      #expect(Double(difference) / Double(expected.count) < 8, "\(name)")
    }
  }

  @Test func `photos come upright`() throws {
    // An EXIF block that says: turn clockwise by 90 degrees.
    let exif: [UInt8] = [
      0xFF, 0xE1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12,
      0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
    ]
    let jpeg = RGBImage(
      width: 300, height: 100, pixels: [UInt8](repeating: 128, count: 90_000)
    ).jpegData(quality: 90)
    let file = try TemporaryFile(jpeg.prefix(2) + Data(exif) + jpeg.dropFirst(2))
    let small = try decoded(thumbnails([[FilePath(file.path)]])[0])
    #expect(small.size == ImageSize(width: 67, height: 200))
  }

  @Test func `small pictures stay small and thin ones keep a pixel`() throws {
    for (width, height, expected) in [
      (3, 2, ImageSize(width: 3, height: 2)), (4000, 1, ImageSize(width: 200, height: 1)),
    ] {
      let picture = RGBImage(
        width: width, height: height, pixels: [UInt8](repeating: 9, count: width * height * 3))
      let file = try TemporaryFile(picture.pngData())
      #expect(try decoded(thumbnails([[FilePath(file.path)]])[0]).size == expected)
    }
  }

  @Test func `what cannot be read has its reason and the others go on`() throws {
    let broken = try TemporaryFile(Data("no picture".utf8))
    let results = thumbnails([
      [sample("china.jpg")], ["/not/there.jpg"], [FilePath(broken.path)], [], ["/"],
      ["/not/there.jpg", sample("china.jpg")],
    ])
    #expect((try? results[0].get()) != nil)
    func reason(_ index: Int) -> String? {
      if case .failure(let failure) = results[index] { failure.reason } else { nil }
    }
    #expect(reason(1) == "there is no such file")
    #expect(reason(2)?.isEmpty == false)
    #expect(reason(2)?.contains(broken.path) == false)
    #expect(reason(3) == "no file is known")
    #expect(reason(4) == "is a folder, not an image")
    #expect(try results[5].get() == results[0].get())
  }
}
