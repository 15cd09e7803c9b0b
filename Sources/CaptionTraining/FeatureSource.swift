internal import Captioning
package import Tensors

/// What a frozen encoder made of some images, to be asked for as often as training goes through
/// them.
package protocol FeatureSource: Sendable {
  /// How many images there are.
  var count: Int { get }
  /// How many regions stand below each other and side by side; 1 × 1 for embeddings.
  var grid: (height: Int, width: Int) { get }
  var channels: Int { get }

  /// - Parameter images: each below `count`.
  /// - Returns: `[images, regions, channels]`
  func features(of images: [Int]) -> Tensor
}

extension FeatureSource {
  /// The features of one image as a decoder takes them.
  func imageFeatures(of image: Int) -> ImageFeatures {
    let (height, width) = grid
    let features = features(of: [image]).reshaped([height * width, channels])
    return ImageFeatures(
      regions: features, gridHeight: height, gridWidth: width,
      // A decoder that looks at regions looks at nothing else.
      pooled: height * width == 1 ? features.reshaped([channels]) : Tensor([0]))
  }
}

/// Some of the photos in a cache.
package struct PhotoFeatures: FeatureSource {
  private let cached: CachedFeatures
  private let photos: [Int]

  /// - Precondition: the photos have features.
  package init(_ cached: CachedFeatures, photos: [Int]) {
    precondition(photos.allSatisfy(cached.contains), "photos without features")
    self.cached = cached
    self.photos = photos
  }

  package var count: Int { photos.count }
  package var grid: (height: Int, width: Int) { cached.grid }
  package var channels: Int { cached.channels }

  package func features(of images: [Int]) -> Tensor {
    cached.features(of: images.map { photos[$0] })
  }
}
