// Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun: Deep residual learning for image recognition,
// 2015, arXiv 1512.03385. Parameters as in torchvision's `resnet.py`, with its one change to the
// paper: a bottleneck has its stride in the 3×3 convolution ("v1.5").

internal import NeuralNet
internal import Tensors

/// A residual network of any depth and width.
struct ResNet: EncoderArchitecture {
  /// What a stage is made of.
  enum Block: String, Codable, Sendable {
    /// Two 3×3 convolutions.
    case basic
    /// 1×1, 3×3 and 1×1 convolutions, the last of four times the channels.
    case bottleneck

    /// How many times a block's inner channels its result has.
    var expansion: Int { self == .basic ? 1 : 4 }
  }

  let block: Block
  /// How many blocks each stage has; each stage after the first halves the size and doubles the
  /// channels.
  let layers: [Int]
  /// The channels of the first convolution, and inside the blocks of the first stage; 64 in the
  /// paper.
  var width = 64

  var mapChannels: Int { (width << (layers.count - 1)) * block.expansion }

  func build(
    _ net: inout NetworkBuilder, _ weights: WeightReader, outputs: Set<EncoderOutput>
  ) -> EncoderMaps {
    var x = net.convolution(
      net.input, weights["conv1"], out: width, Window(7, stride: 2, padding: 3),
      normalization: weights["bn1"], activation: .relu)
    x = net.maxPool(x, Window(3, stride: 2, padding: 1))
    for (stage, count) in layers.enumerated() {
      for index in 0..<count {
        x = residualBlock(
          x, &net, weights["layer\(stage + 1)"][index], channels: width << stage,
          stride: stage > 0 && index == 0 ? 2 : 1)
      }
    }
    return net.classified(x, weights["fc"], outputs: outputs)
  }

  private func residualBlock(
    _ input: FeatureMap, _ net: inout NetworkBuilder, _ weights: WeightReader, channels: Int,
    stride: Int
  ) -> FeatureMap {
    let out = channels * block.expansion
    var x: FeatureMap
    switch block {
    case .basic:
      x = net.convolution(
        input, weights["conv1"], out: channels, Window(3, stride: stride, padding: 1),
        normalization: weights["bn1"], activation: .relu)
    case .bottleneck:
      x = net.convolution(
        input, weights["conv1"], out: channels, Window(1), normalization: weights["bn1"],
        activation: .relu)
      x = net.convolution(
        x, weights["conv2"], out: channels, Window(3, stride: stride, padding: 1),
        normalization: weights["bn2"], activation: .relu)
    }
    var shortcut = input
    if stride > 1 || input.channels != out {
      shortcut = net.convolution(
        input, weights["downsample"][0], out: out, Window(1, stride: stride),
        normalization: weights["downsample"][1])
    }
    switch block {
    case .basic:
      return net.convolution(
        x, weights["conv2"], out: out, Window(3, padding: 1), normalization: weights["bn2"],
        residual: shortcut, activation: .relu)
    case .bottleneck:
      return net.convolution(
        x, weights["conv3"], out: out, Window(1), normalization: weights["bn3"],
        residual: shortcut, activation: .relu)
    }
  }
}
