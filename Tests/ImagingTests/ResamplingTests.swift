import Imaging
import Testing

@Suite struct ResamplingTests {
  private static let sizes = [
    (97, 71), (67, 10), (7, 45), (20, 13), (33, 60), (66, 44), (60, 12), (1, 1),
  ]

  /// Against `Image.resize` of Pillow 13 (Scripts/references/images.py), from 67 × 45 pixels.
  @Test(arguments: ["bilinear", "bicubic", "lanczos"], sizes)
  func `a resized picture has Pillow's pixels`(_ name: String, _ size: (Int, Int)) throws {
    let filter = try #require(ResamplingFilter(rawValue: name))
    let expected = try picture("resampling/\(name)-\(size.0)x\(size.1).png")
    let resized = try picture("decoding/rgb.png").resized(
      to: ImageSize(width: size.0, height: size.1), filter: filter)
    #expect(resized == expected, "\(String(describing: Difference(resized, expected)))")
  }

  /// From 45 × 67 to 40 × 60 Pillow resamples columns before rows, to 40 × 30 after.
  @Test(arguments: [60, 30])
  func `a window of the result is the same pixels without the rest`(_ height: Int) throws {
    let photo = try picture("decoding/rgb.png").oriented(.transposed)
    let size = ImageSize(width: 40, height: height)
    let whole = photo.resized(to: size, filter: .bicubic)
    let window = photo.resized(
      to: size, window: PixelWindow(x: 11..<37, y: 5..<height - 1), filter: .bicubic)
    #expect(window.size == ImageSize(width: 26, height: height - 6))
    for y in 0..<height - 6 {
      let (start, expected) = (y * 26 * 3, ((y + 5) * 40 + 11) * 3)
      #expect(window.pixels[start..<start + 78] == whole.pixels[expected..<expected + 78])
    }
  }

  @Test func `a picture of the wanted size stays as it is`() {
    let picture = countingPicture(width: 9, height: 5)
    #expect(picture.resized(to: picture.size, filter: .lanczos) == picture)
  }

  @Test func `extreme shapes are resized within bounds`() {
    let line = countingPicture(width: 100_000, height: 1)
    let enlarged = line.resized(to: ImageSize(width: 3, height: 200), filter: .lanczos)
    #expect(enlarged.size == ImageSize(width: 3, height: 200))
    let column = countingPicture(width: 1, height: 1).resized(
      to: ImageSize(width: 1_000_000, height: 1_000_000),
      window: PixelWindow(x: 999_990..<1_000_000, y: 0..<2), filter: .bicubic)
    #expect(column.pixels == Array(repeatElement([0, 7, 14], count: 20).joined()))
  }
}
