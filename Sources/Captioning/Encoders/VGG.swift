// Karen Simonyan, Andrew Zisserman: Very deep convolutional networks for large-scale image
// recognition, 2014, arXiv 1409.1556. Parameters as in torchvision's `vgg.py`.

internal import NeuralNet
internal import Tensors

/// A VGG network: nothing but 3×3 convolutions and pooling, then three fully connected layers.
///
/// The map is what follows the last pooling (a 32nd of the image's size), the embedding the second
/// fully connected layer's 4096 activations ("fc7"). Without a classifier in the weights, the
/// embedding is the map's mean.
struct VGG: EncoderArchitecture {
  /// The number of layers with weights, which names the network.
  enum Depth: Int, Sendable {
    case eleven = 11
    case thirteen = 13
    case sixteen = 16
    case nineteen = 19

    /// How many convolutions each of the five stages has (the paper's table 1, columns A, B, D, E).
    var convolutions: [Int] {
      switch self {
      case .eleven: [1, 1, 2, 2, 2]
      case .thirteen: [2, 2, 2, 2, 2]
      case .sixteen: [2, 2, 3, 3, 3]
      case .nineteen: [2, 2, 4, 4, 4]
      }
    }
  }

  let depth: Depth
  /// Whether batch normalisation follows each convolution.
  let isNormalized: Bool

  private static let channels = [64, 128, 256, 512, 512]

  var mapChannels: Int { 512 }

  func build(
    _ net: inout NetworkBuilder, _ weights: WeightReader, outputs: Set<EncoderOutput>
  ) -> EncoderMaps {
    var x = net.input
    // The place in torchvision's `features`, where activation and pooling count too.
    var index = 0
    for (channels, count) in zip(Self.channels, depth.convolutions) {
      for _ in 0..<count {
        x = net.convolution(
          x, weights["features"][index], out: channels, Window(3, padding: 1), bias: true,
          normalization: isNormalized ? weights["features"][index + 1] : nil, activation: .relu)
        index += isNormalized ? 3 : 2
      }
      x = net.maxPool(x, Window(2, stride: 2))
      index += 1
    }
    return net.fullyConnected(
      x, side: 7, weights["classifier"], layers: (0, 3, 6), dropsRegions: false,
      outputs: outputs)
  }
}
