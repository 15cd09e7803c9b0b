import CaptionTraining
import Tensors

/// Features of a few images, `[images, regions, channels]`, as they are.
struct FewFeatures: FeatureSource {
  let all: Tensor

  var count: Int { all.shape[0] }
  var grid: (height: Int, width: Int) { (1, all.shape[1]) }
  var channels: Int { all.shape[2] }

  init(_ all: Tensor) { self.all = all }

  func features(of images: [Int]) -> Tensor {
    let size = all.shape[1] * all.shape[2]
    return Tensor(
      [images.count, all.shape[1], all.shape[2]],
      images.flatMap { all.elements[$0 * size..<($0 + 1) * size] })
  }
}
