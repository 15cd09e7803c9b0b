package import Captioning
package import Tensors

/// What a frozen encoder made of some images, to be asked for as often as training goes through
/// them.
package protocol FeatureSource: Sendable {
  /// How many images there are.
  var count: Int { get }

  /// - Parameter image: below `count`.
  /// - Returns: as many regions of as many channels for every image.
  func features(of image: Int) -> ImageFeatures
}

/// Features in memory, in half precision.
package struct FeatureMemory: FeatureSource {
  /// One image's.
  package struct Image: Sendable {
    fileprivate let gridHeight: Int
    fileprivate let gridWidth: Int
    fileprivate let regions: [UInt8]
    fileprivate let pooled: [UInt8]

    package init(_ features: ImageFeatures) {
      (gridHeight, gridWidth) = (features.gridHeight, features.gridWidth)
      regions = HalfVector.bytes(of: features.regions.elements)
      pooled = HalfVector.bytes(of: features.pooled.elements)
    }
  }

  private let images: [Image]

  package init(_ images: [Image]) {
    self.images = images
  }

  package var count: Int { images.count }

  /// How many bytes they take.
  package var byteCount: Int { images.reduce(0) { $0 + $1.regions.count + $1.pooled.count } }

  package func features(of image: Int) -> ImageFeatures {
    let stored = images[image]
    let regions = stored.regions.withUnsafeBytes { HalfVector.values($0) }
    let pooled = stored.pooled.withUnsafeBytes { HalfVector.values($0) }
    let count = stored.gridHeight * stored.gridWidth
    return ImageFeatures(
      regions: Tensor([count, regions.count / max(1, count)], regions),
      gridHeight: stored.gridHeight, gridWidth: stored.gridWidth,
      pooled: Tensor([pooled.count], pooled))
  }
}
