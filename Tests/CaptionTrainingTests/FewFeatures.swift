import CaptionTraining
import Captioning
import Tensors

/// Features of a few images, as they are.
struct FewFeatures: FeatureSource {
  let all: [ImageFeatures]

  var count: Int { all.count }

  func features(of image: Int) -> ImageFeatures { all[image] }

  /// - Parameters:
  ///   - regions: `[images, regions, channels]`
  ///   - pooled: `[images, channels]`
  init(regions: Tensor, pooled: Tensor) {
    let (count, channels) = (regions.shape[1], regions.shape[2])
    all = (0..<regions.shape[0]).map { image in
      ImageFeatures(
        regions: Tensor(
          [count, channels],
          Array(regions.elements[image * count * channels..<(image + 1) * count * channels])),
        gridHeight: 1, gridWidth: count,
        pooled: Tensor(
          [pooled.shape[1]],
          Array(pooled.elements[image * pooled.shape[1]..<(image + 1) * pooled.shape[1]])))
    }
  }
}
