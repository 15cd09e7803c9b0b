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

  /// The same images as a step of training sees them.
  func augmented(random: inout SeededRandom) -> Self

  /// Whether all features that were asked for could be had; those that could not are no numbers.
  ///
  /// - Throws: why they could not.
  func checkReading() throws
}

extension FeatureSource {
  package func augmented(random: inout SeededRandom) -> Self { self }

  package func checkReading() throws {}

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
  /// What the encoder made of the same photos mirrored; nil where training does without.
  private let mirrored: CachedFeatures?
  private let photos: [Int]
  /// By image, whether it is seen mirrored; nil for none.
  private var flips: [Bool]?

  /// - Precondition: the photos have features.
  package init(_ cached: CachedFeatures, mirrored: CachedFeatures? = nil, photos: [Int]) {
    precondition(
      photos.allSatisfy { cached.contains($0) && mirrored?.contains($0) ?? true },
      "photos without features")
    self.cached = cached
    self.mirrored = mirrored
    self.photos = photos
  }

  package var count: Int { photos.count }
  package var grid: (height: Int, width: Int) { cached.grid }
  package var channels: Int { cached.channels }

  /// Each photo mirrored or not, at random.
  package func augmented(random: inout SeededRandom) -> PhotoFeatures {
    guard mirrored != nil else { return self }
    var result = self
    result.flips = photos.map { _ in random.uniform() < 0.5 }
    return result
  }

  package func checkReading() throws {
    try cached.checkReading()
    try mirrored?.checkReading()
  }

  package func features(of images: [Int]) -> Tensor {
    guard let flips, let mirrored else { return cached.features(of: images.map { photos[$0] }) }
    let size = cached.size
    return Tensor(uninitialized: [images.count, cached.regions, channels]) { result in
      for (place, image) in images.enumerated() {
        (flips[image] ? mirrored : cached).copy(photos[image], to: result + place * size)
      }
    }
  }
}
