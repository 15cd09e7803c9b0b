import Datasets
import Imaging
import Testing

struct PerceptualHashTests {
  private func picture(width: Int, height: Int, _ pixel: (Int, Int) -> [Int]) -> RGBImage {
    RGBImage(
      width: width, height: height,
      pixels: (0..<height).flatMap { y in
        (0..<width).flatMap { x in pixel(x, y).map { UInt8($0 % 256) } }
      })
  }

  // import numpy as np
  // from PIL import Image
  // y, x = np.mgrid[:80, :96]
  // a = np.stack([(x*x//37 + 5*y) % 256, (3*x + y*y//11) % 256, (x*y//23) % 256], 2)
  // small = np.asarray(Image.fromarray(a.astype(np.uint8)).resize((32, 32), Image.BILINEAR), float)
  // grey = small @ [0.299, 0.587, 0.114]
  // u, n = np.mgrid[:8, :32]
  // c = np.cos(np.pi * u * (2 * n + 1) / 64)
  // f = (c @ grey @ c.T).ravel()
  // print(hex(sum(1 << i for i, v in enumerate(f) if v > np.median(f[1:]))))
  @Test func bitsAsNumPyHasThem() {
    let image = picture(width: 96, height: 80) { x, y in
      [x * x / 37 + 5 * y, 3 * x + y * y / 11, x * y / 23]
    }
    #expect(PerceptualHash(image)?.bits == 0x4fd8_b2a7_aca8_a8a9)
  }

  @Test func compressionAndScaleHardlyMatter() throws {
    let photo = try ImageDecoder.decode(path: samplePhoto)
    let hash = try #require(PerceptualHash(photo))
    let small = photo.resized(
      to: ImageSize(width: photo.width / 2, height: photo.height / 2), filter: .bicubic)
    let other = try ImageDecoder.decode(bytes: [UInt8](small.jpegData(quality: 40)), name: "small")
    let again = try #require(PerceptualHash(other))
    #expect(hash.distance(to: again) <= PerceptualHash.similarDistance)
    let mirrored = picture(width: photo.width, height: photo.height) { x, y in
      let start = 3 * (y * photo.width + photo.width - 1 - x)
      return photo.pixels[start..<start + 3].map { Int($0) }
    }
    let strange = try #require(PerceptualHash(mirrored))
    #expect(hash.distance(to: strange) > 2 * PerceptualHash.similarDistance)
  }

  @Test func plainPicturesHaveNone() {
    #expect(PerceptualHash(picture(width: 40, height: 30) { _, _ in [90, 120, 7] }) == nil)
    #expect(
      PerceptualHash(picture(width: 40, height: 30) { x, y in [90 + (x + y) % 2, 90, 90] }) == nil)
  }
}
