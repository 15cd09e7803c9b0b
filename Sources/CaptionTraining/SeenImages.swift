internal import Captioning
internal import Tensors

/// What an encoder that is trained makes of a few images, in place of a cache.
struct SeenImages: FeatureSource {
  let grid: (height: Int, width: Int)
  /// `[images, regions, channels]`
  private let regions: Tensor
  /// By image, its place in `regions`.
  private let places: [Int: Int]

  /// - Parameter images: the numbers by which they will be asked for, all different.
  init(_ images: [Int], regions: Tensor, grid: (height: Int, width: Int)) {
    self.grid = grid
    self.regions = regions
    places = Dictionary(uniqueKeysWithValues: zip(images, images.indices))
  }

  /// - Parameter seen: of each image its map or its embedding.
  init(_ images: [Int], _ seen: [EncodedImage]) {
    let vectors = seen.map { $0.map ?? $0.embedding ?? Tensor([0]) }
    let hasMap = seen[0].map != nil
    let channels = vectors[0].shape.extents.last ?? 0
    self.init(
      images,
      regions: Tensor(
        [images.count, vectors[0].shape.count / channels, channels],
        vectors.flatMap(\.elements)),
      grid: hasMap ? (seen[0].gridHeight, seen[0].gridWidth) : (1, 1))
  }

  var count: Int { places.count }
  var channels: Int { regions.shape[2] }

  /// - Precondition: the images are among those that were seen.
  func features(of images: [Int]) -> Tensor {
    let found = images.map { image in
      guard let place = places[image] else { preconditionFailure("image \(image) was not seen") }
      return place
    }
    let flat = regions.reshaped([regions.shape[0], regions.shape[1] * regions.shape[2]])
    return flat.rows(found).reshaped([images.count, regions.shape[1], regions.shape[2]])
  }
}
