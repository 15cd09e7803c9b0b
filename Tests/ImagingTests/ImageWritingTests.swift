import Files
import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct ImageWritingTests {
  @Test func `a PNG comes back as it was`() throws {
    let picture = countingPicture(width: 31, height: 17)
    let bytes = [UInt8](picture.pngData())
    #expect(try ImageDecoder.decode(bytes: bytes, name: "x") == picture)
  }

  @Test func `a figure says that it is one, and is a picture like others`() throws {
    let picture = countingPicture(width: 31, height: 17)
    let figure = [UInt8](FigureFile.data(of: picture))
    #expect(try ImageDecoder.decode(bytes: figure, name: "x") == picture)
    #expect(FigureFile.begins(with: figure))
    #expect(FigureFile.begins(with: Array(figure.prefix(100))))
    #expect(!FigureFile.begins(with: [UInt8](picture.pngData())))
    for count in 0..<57 { #expect(!FigureFile.begins(with: Array(figure.prefix(count)))) }
    // Made by another program.
    let other = figure.map { $0 == UInt8(ascii: "c") ? UInt8(ascii: "C") : $0 }
    #expect(!FigureFile.begins(with: other))
  }

  @Test func `a JPEG comes back nearly as it was`() throws {
    let photo = try picture("decoding/rgb.png")
    let decoded = try ImageDecoder.decode(
      bytes: [UInt8](photo.jpegData(quality: 95)), name: "x")
    let difference = try #require(Difference(decoded, photo))
    #expect(difference.mean < 4, "\(difference)")
  }

  @Test(arguments: [(1, 1), (200, 3), (133, 200)])
  func `a WebP comes back nearly as it was`(width: Int, height: Int) throws {
    let photo = try picture("decoding/rgb.png").resized(
      to: ImageSize(width: width, height: height), filter: .bicubic)
    let data = photo.webPData(quality: 95)
    #expect(ImageFormat([UInt8](data)) == .webp)
    let decoded = try ImageDecoder.decode(bytes: [UInt8](data), name: "x")
    let difference = try #require(Difference(decoded, photo))
    #expect(difference.mean < 6, "\(difference)")
  }

  @Test func `a WebP of less quality is shorter`() throws {
    let photo = try picture("decoding/rgb.png")
    #expect(photo.webPData(quality: 20).count < photo.webPData(quality: 90).count)
  }
}
