internal import Captioning
package import Imaging
package import SystemPackage
internal import Tensors

/// Photos on disk for an encoder that is trained: they are decoded anew each time they are seen,
/// since no two times they are seen the same.
package struct TrainingImages: Sendable {
  private let paths: [FilePath]
  private let preprocessor: ImagePreprocessor

  package init(_ paths: [FilePath], preprocessing: PreprocessingConfiguration) {
    self.paths = paths
    preprocessor = ImagePreprocessor(preprocessing)
  }

  package var count: Int { paths.count }

  /// The photos that cannot be trained on, and why, in sentences that name them.
  package func failures(of images: Range<Int>, threads: Int) -> [(image: Int, reason: String)] {
    parallelMap(Array(images), threads: threads) { image -> (image: Int, reason: String)? in
      do {
        _ = try photo(image)
        return nil
      } catch { return (image, "\(error)") }
    }.compactMap { $0 }
  }

  private func photo(_ image: Int) throws -> RGBImage {
    try ImageDecoder.decode(
      path: paths[image].string, minimumSize: preprocessor.minimumSize)
  }

  /// What a network sees of a photo, `[channels, height, width]`.
  ///
  /// - Parameters:
  ///   - augmentation: nil to see it as it is.
  ///   - channels: the network's.
  ///   - seed: for the augmentation.
  /// - Throws: `ImagingError` where it cannot be read.
  func input(
    of image: Int, _ augmentation: ImageAugmentation? = nil, channels: Int, seed: UInt64 = 0
  ) throws -> Tensor {
    var photo = try photo(image)
    if let augmentation {
      var random = SeededRandom(seed: seed)
      photo = augmentation(photo, random: &random)
    }
    return preprocessor(photo).adapted(toChannels: channels)
  }

  /// What a network sees of several photos, `[images, channels, height, width]`.
  ///
  /// - Throws: `ImagingError` where one cannot be read.
  func inputs(
    of images: [Int], _ augmentation: ImageAugmentation?, channels: Int,
    random: inout SeededRandom, threads: Int
  ) throws -> Tensor {
    let drawn = images.map { (image: $0, seed: random.next()) }
    let inputs = try parallelMap(drawn, threads: threads) { drawn in
      Result {
        try input(of: drawn.image, augmentation, channels: channels, seed: drawn.seed)
      }
    }.map { try $0.get() }
    let size = preprocessor.configuration
    return Tensor([images.count, channels, size.height, size.width], inputs.flatMap(\.elements))
  }
}
