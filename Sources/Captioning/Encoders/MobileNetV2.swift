// Mark Sandler, Andrew Howard, Menglong Zhu, Andrey Zhmoginov, Liang-Chieh Chen: MobileNetV2:
// inverted residuals and linear bottlenecks, 2018, arXiv 1801.04381. Parameters as in torchvision's
// `mobilenetv2.py`.

internal import NeuralNet
internal import Tensors

/// MobileNetV2 of width 1.
struct MobileNetV2: EncoderArchitecture {
  /// The paper's table 2: expansion, channels, repetitions, stride of the first.
  private static let stages = [
    (expansion: 1, channels: 16, count: 1, stride: 1),
    (expansion: 6, channels: 24, count: 2, stride: 2),
    (expansion: 6, channels: 32, count: 3, stride: 2),
    (expansion: 6, channels: 64, count: 4, stride: 2),
    (expansion: 6, channels: 96, count: 3, stride: 1),
    (expansion: 6, channels: 160, count: 3, stride: 2),
    (expansion: 6, channels: 320, count: 1, stride: 1),
  ]

  var mapChannels: Int { 1280 }

  func build(
    _ net: inout NetworkBuilder, _ weights: WeightReader, outputs: Set<EncoderOutput>
  ) -> EncoderMaps {
    let features = weights["features"]
    var x = net.convolution(
      net.input, features[0][0], out: 32, Window(3, stride: 2, padding: 1),
      normalization: features[0][1], activation: .relu6)
    var index = 1
    for stage in Self.stages {
      for repetition in 0..<stage.count {
        x = invertedResidual(
          x, &net, features[index]["conv"], expansion: stage.expansion, out: stage.channels,
          stride: repetition == 0 ? stage.stride : 1)
        index += 1
      }
    }
    x = net.convolution(
      x, features[index][0], out: mapChannels, Window(1), normalization: features[index][1],
      activation: .relu6)
    return net.classified(x, weights["classifier"][1], dropout: 0.2, outputs: outputs)
  }

  private func invertedResidual(
    _ input: FeatureMap, _ net: inout NetworkBuilder, _ weights: WeightReader, expansion: Int,
    out: Int, stride: Int
  ) -> FeatureMap {
    let hidden = input.channels * expansion
    var x = input
    var index = 0
    if expansion > 1 {
      x = net.convolution(
        x, weights[index][0], out: hidden, Window(1), normalization: weights[index][1],
        activation: .relu6)
      index += 1
    }
    x = net.convolution(
      x, weights[index][0], out: hidden, Window(3, stride: stride, padding: 1), groups: hidden,
      normalization: weights[index][1], activation: .relu6)
    return net.convolution(
      x, weights[index + 1], out: out, Window(1), normalization: weights[index + 2],
      residual: stride == 1 && input.channels == out ? input : nil)
  }
}
