internal import Captioning
package import Imaging
package import SystemPackage
internal import Tensors

/// Photos on disk for an encoder that is trained: they are decoded anew each time they are seen,
/// since no two times they are seen the same.
package struct TrainingImages: Sendable {
  private let paths: [FilePath]
  let preprocessor: ImagePreprocessor

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

  /// - Throws: `ImagingError` where it cannot be read.
  func photo(_ image: Int) throws -> RGBImage {
    try ImageDecoder.decode(
      bytes: ImageDecoder.readAll(paths[image]), name: paths[image].string,
      minimumSize: preprocessor.minimumSize)
  }

  /// What a network sees of several photos, `[images, channels, height, width]`.
  ///
  /// - Parameter channels: the network's.
  /// - Throws: `ImagingError` where one cannot be read.
  func inputs(
    of images: [Int], _ augmentation: ImageAugmentation?, channels: Int,
    random: inout SeededRandom, threads: Int
  ) throws -> Tensor {
    let drawn = images.map { (image: $0, seed: random.next()) }
    let inputs = try parallelMap(drawn, threads: threads) { drawn in
      Result {
        var photo = try photo(drawn.image)
        if let augmentation {
          var random = SeededRandom(seed: drawn.seed)
          photo = augmentation(photo, random: &random)
        }
        return preprocessor(photo).adapted(toChannels: channels)
      }
    }.map { try $0.get() }
    let size = preprocessor.configuration
    return Tensor([images.count, channels, size.height, size.width], inputs.flatMap(\.elements))
  }
}
