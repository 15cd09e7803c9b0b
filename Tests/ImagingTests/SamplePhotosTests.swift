import Foundation
import Imaging
import Tensors
import TestSupport
import Testing

/// The photos in data/samples/ against what the bundled model's golden numbers were made from.
@Suite struct SamplePhotosTests {
  private static let photos = [
    "astronaut.png", "chelsea.png", "china.jpg", "coffee.png", "flower.jpg", "rocket.jpg",
  ]

  @Test(arguments: photos)
  func `a sample comes to the model as it came to Python`(_ photo: String) throws {
    let name = photo.prefix { $0 != "." }
    let preprocessor = ImagePreprocessor(.embedded)
    let image = try ImageDecoder.decode(
      path: projectFolder.appending(path: "data/samples/\(photo)").path,
      minimumSize: preprocessor.minimumSize)
    let resized = image.resized(to: ImageSize(width: 160, height: 160), filter: .bilinear)
    let golden = try ImageDecoder.decode(path: reference("embedded/\(name)/resized.png").path)
    #expect(resized == golden)
  }
}
func differences(_ a: RGBImage, _ b: RGBImage) -> (largest: Int, count: Int) {
  let d = zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }
  return (d.max() ?? 0, d.count { $0 > 0 })
}
extension PreprocessingConfiguration {
  static let embedded = PreprocessingConfiguration(
    width: 160, height: 160, geometry: .stretch, mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225])
}
