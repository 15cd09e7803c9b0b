import Imaging
import Testing

@Suite struct RGBImageAdjustmentTests {
  /// Against `PIL.ImageEnhance` of Pillow 13 (Scripts/references/images.py).
  @Test(
    arguments: [
      ("brightness", RGBImage.Adjustment.brightness), ("contrast", .contrast),
      ("saturation", .saturation),
    ], [0.625, 1.3125])
  func `an adjusted picture has Pillow's pixels`(
    _ adjustment: (String, RGBImage.Adjustment), _ factor: Double
  ) throws {
    var photo = try picture("decoding/rgb.png")
    photo.adjust(adjustment.1, by: Float(factor))
    let expected = try picture("adjustments/\(adjustment.0)-\(factor).png")
    #expect(photo == expected, "\(String(describing: Difference(photo, expected)))")
  }

  @Test func `a part is its window of the picture`() {
    let photo = countingPicture(width: 9, height: 5)
    let part = photo.part(PixelWindow(x: 2..<5, y: 1..<4))
    #expect(part.size == ImageSize(width: 3, height: 3))
    for row in 0..<3 {
      let start = ((row + 1) * 9 + 2) * 3
      #expect(part.pixels[row * 9..<row * 9 + 9] == photo.pixels[start..<start + 9])
    }
    #expect(photo.part(PixelWindow(x: 0..<9, y: 0..<5)) == photo)
  }
}
