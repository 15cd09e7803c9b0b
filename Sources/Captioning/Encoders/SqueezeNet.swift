// Forrest N. Iandola, Song Han, Matthew W. Moskewicz, Khalid Ashraf, William J. Dally, Kurt
// Keutzer: SqueezeNet: AlexNet-level accuracy with 50× fewer parameters and < 0.5 MB model size,
// 2016, arXiv 1602.07360. Parameters as in torchvision's `squeezenet.py`.

internal import NeuralNet
internal import Tensors

/// SqueezeNet. Its classifier is a convolution of the map, so that the embedding, the map's mean, is
/// not what the logits come from.
struct SqueezeNet: EncoderArchitecture {
  enum Version: Sendable {
    /// The paper's.
    case one0
    /// The authors' later one, of less than half the arithmetic.
    case one1
  }

  /// What a place in torchvision's `features` holds after the first convolution.
  private enum Layer {
    case pool
    /// A fire module by the channels of its squeeze convolution, and of each expand convolution.
    case fire(Int, Int)
  }

  let version: Version

  var mapChannels: Int { 512 }

  private var layers: [Layer] {
    switch version {
    case .one0:
      [
        .pool, .fire(16, 64), .fire(16, 64), .fire(32, 128), .pool, .fire(32, 128), .fire(48, 192),
        .fire(48, 192), .fire(64, 256), .pool, .fire(64, 256),
      ]
    case .one1:
      [
        .pool, .fire(16, 64), .fire(16, 64), .pool, .fire(32, 128), .fire(32, 128), .pool,
        .fire(48, 192), .fire(48, 192), .fire(64, 256), .fire(64, 256),
      ]
    }
  }

  func build(
    _ net: inout NetworkBuilder, _ weights: WeightReader, outputs: Set<EncoderOutput>
  ) -> EncoderMaps {
    let features = weights["features"]
    var x = net.convolution(
      net.input, features[0], out: version == .one0 ? 96 : 64,
      Window(version == .one0 ? 7 : 3, stride: 2), activation: .relu)
    // Places 0 and 1 are the first convolution and its activation.
    for (index, layer) in layers.enumerated() {
      switch layer {
      case .pool: x = net.maxPool(x, Window(3, stride: 2), ceil: true)
      case .fire(let squeeze, let expand):
        x = fire(x, &net, features[index + 2], squeeze: squeeze, expand: expand)
      }
    }
    var maps = EncoderMaps(map: x, embedding: net.adaptiveAveragePool(x))
    let classifier = weights["classifier"][1]
    if outputs.contains(.logits), let classes = classifier.classCount() {
      let scores = net.convolution(
        net.dropout(x, 0.5), classifier, out: classes, Window(1), activation: .relu)
      maps.logits = net.adaptiveAveragePool(scores)
    }
    return maps
  }

  private func fire(
    _ x: FeatureMap, _ net: inout NetworkBuilder, _ weights: WeightReader, squeeze: Int,
    expand: Int
  ) -> FeatureMap {
    let x = net.convolution(
      x, weights["squeeze"], out: squeeze, Window(1), activation: .relu)
    return net.concatenate([
      net.convolution(x, weights["expand1x1"], out: expand, Window(1), activation: .relu),
      net.convolution(
        x, weights["expand3x3"], out: expand, Window(3, padding: 1), activation: .relu),
    ])
  }
}
