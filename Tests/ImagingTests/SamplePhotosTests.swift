import Foundation
import Imaging
import Tensors
import TestSupport
import Testing

/// The photos in data/samples/ on their way into the bundled model, against the golden numbers that
/// came with it (data/references/embedded/, Pillow and PyTorch).
@Suite struct SamplePhotosTests {
  private static let photos = [
    "astronaut.png", "chelsea.png", "china.jpg", "coffee.png", "flower.jpg", "rocket.jpg",
  ]

  private func decoded(_ photo: String) throws -> RGBImage {
    try ImageDecoder.decode(
      path: projectFolder.appending(path: "data/samples/\(photo)").path,
      minimumSize: ImagePreprocessor(.bundled).minimumSize)
  }

  @Test(arguments: photos)
  func `a sample is resized as by Pillow, to the last bit`(_ photo: String) throws {
    let golden = try ImageDecoder.decode(
      path: reference("embedded/\(photo.dropLast(4))/resized.png").path)
    let resized = try decoded(photo).resized(to: golden.size, filter: .bilinear)
    #expect(resized == golden, "\(String(describing: Difference(resized, golden)))")
  }

  @Test(arguments: ["astronaut.png", "chelsea.png", "china.jpg"])
  func `a sample becomes the stored input tensor`(_ photo: String) throws {
    let golden = try SafetensorsFile(
      path: reference("embedded/\(photo.dropLast(4))/tensors.safetensors").path
    ).tensor("input", shape: [3, 224, 224])
    let input = ImagePreprocessor(.bundled)(try decoded(photo))
    #expect(input.shape == golden.shape)
    let largest = zip(input.elements, golden.elements).map { abs($0 - $1) }.max() ?? .infinity
    #expect(largest <= 5e-7)
  }
}
