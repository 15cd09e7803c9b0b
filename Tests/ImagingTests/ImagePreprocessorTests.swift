import Foundation
import Imaging
import Tensors
import TestSupport
import Testing

@Suite struct ImagePreprocessorTests {
  private static let configurations: [String: PreprocessingConfiguration] = [
    "crop": PreprocessingConfiguration(
      width: 24, height: 24, geometry: .crop, resize: 29, mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225]),
    "letterbox": PreprocessingConfiguration(
      width: 24, height: 24, geometry: .letterbox, resample: .bicubic, mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225]),
    "bgr": PreprocessingConfiguration(
      width: 20, height: 16, geometry: .stretch, resample: .lanczos, color: .bgr, scale: 1,
      mean: [103.939, 116.779, 123.68], std: [1, 1, 1]),
    "tensorflow": PreprocessingConfiguration(
      width: 21, height: 21, geometry: .stretch, resize: 30, antialias: false, scale: 2 / 255,
      mean: [1, 1, 1], std: [1, 1, 1]),
  ]

  /// Against torchvision 0.29 and NumPy (Scripts/references/images.py).
  @Test(arguments: configurations.keys.sorted(), ["wide", "tall"])
  func `the input is what the reference makes of a wide and a tall photo`(
    _ name: String, _ shape: String
  ) throws {
    let configuration = try #require(Self.configurations[name])
    let golden = try SafetensorsFile(path: reference("images/inputs.safetensors").path)
      .tensor("\(name)-\(shape)")
    var photo = try picture("decoding/rgb.png")
    if shape == "tall" { photo = photo.oriented(.transposed) }
    let input = ImagePreprocessor(configuration)(photo)
    #expect(input.shape == golden.shape)
    let largest = zip(input.elements, golden.elements).map { abs($0 - $1) }.max() ?? .infinity
    #expect(Double(largest) <= 2e-6 * max(1, configuration.scale * 255), "\(largest)")
  }

  @Test func `the view tells which part of the photo the network sees`() {
    typealias View = ImagePreprocessor.View
    let wide = ImageSize(width: 600, height: 400)
    func view(_ geometry: PreprocessingConfiguration.Geometry, _ resize: Int? = nil) -> View {
      ImagePreprocessor(
        PreprocessingConfiguration(
          width: 100, height: 100, geometry: geometry, resize: resize, mean: [0, 0, 0],
          std: [1, 1, 1])
      ).view(of: wide)
    }
    #expect(view(.stretch) == View(x: 0, y: 0, width: 600, height: 400))
    #expect(view(.stretch, 200) == View(x: 150, y: 100, width: 300, height: 200))
    // 300 × 200 after resizing, of which the middle 100 × 100 is kept.
    #expect(view(.crop, 200) == View(x: 200, y: 100, width: 200, height: 200))
    // 150 × 100 after resizing.
    #expect(view(.crop) == View(x: 100, y: 0, width: 400, height: 400))
    // 100 × 67 after resizing, 16 rows of nothing above.
    let letterbox = view(.letterbox)
    #expect(letterbox.x == 0 && letterbox.width == 600)
    #expect(abs(letterbox.y + 16 * 400 / 67) < 1e-9)
    #expect(abs(letterbox.height - 100 * 400 / 67) < 1e-9)
  }

  @Test func `the minimum size is twice what a picture is scaled to`() {
    func minimum(
      _ geometry: PreprocessingConfiguration.Geometry, _ resize: Int? = nil
    ) -> ImageSize {
      ImagePreprocessor(
        PreprocessingConfiguration(
          width: 120, height: 100, geometry: geometry, resize: resize, mean: [0, 0, 0],
          std: [1, 1, 1])
      ).minimumSize
    }
    #expect(minimum(.stretch) == ImageSize(width: 240, height: 200))
    #expect(minimum(.stretch, 130) == ImageSize(width: 260, height: 260))
    #expect(minimum(.crop) == ImageSize(width: 240, height: 240))
    #expect(minimum(.crop, 150) == ImageSize(width: 300, height: 300))
    #expect(minimum(.letterbox) == ImageSize(width: 240, height: 200))
  }
}
