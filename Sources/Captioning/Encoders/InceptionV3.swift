// Christian Szegedy, Vincent Vanhoucke, Sergey Ioffe, Jonathon Shlens, Zbigniew Wojna: Rethinking
// the Inception architecture for computer vision, 2015, arXiv 1512.00567. Parameters as in
// torchvision's `inception.py`. The auxiliary classifier serves training only; its parameters are
// not read.

internal import NeuralNet
internal import Tensors

/// Inception-v3.
struct InceptionV3: EncoderArchitecture {
  var mapChannels: Int { 2048 }

  func build(
    _ net: inout NetworkBuilder, _ weights: WeightReader, outputs: Set<EncoderOutput>
  ) -> EncoderMaps {
    let halving = Window(3, stride: 2)
    var x = net.normalizedConvolution(net.input, weights["Conv2d_1a_3x3"], 32, halving)
    x = net.normalizedConvolution(x, weights["Conv2d_2a_3x3"], 32, Window(3))
    x = net.normalizedConvolution(x, weights["Conv2d_2b_3x3"], 64, Window(3, padding: 1))
    x = net.maxPool(x, halving)
    x = net.normalizedConvolution(x, weights["Conv2d_3b_1x1"], 80, Window(1))
    x = net.normalizedConvolution(x, weights["Conv2d_4a_3x3"], 192, Window(3))
    x = net.maxPool(x, halving)
    for (name, channels) in [("Mixed_5b", 32), ("Mixed_5c", 64), ("Mixed_5d", 64)] {
      x = fiveByFive(x, &net, weights[name], poolChannels: channels)
    }
    x = firstReduction(x, &net, weights["Mixed_6a"])
    for (name, channels) in [
      ("Mixed_6b", 128), ("Mixed_6c", 160), ("Mixed_6d", 160), ("Mixed_6e", 192),
    ] {
      x = sevenBySeven(x, &net, weights[name], inner: channels)
    }
    x = secondReduction(x, &net, weights["Mixed_7a"])
    for name in ["Mixed_7b", "Mixed_7c"] { x = widened(x, &net, weights[name]) }
    return net.classified(x, weights["fc"], dropout: 0.5, outputs: outputs)
  }

  private static let row3 = Window(kernel: (1, 3), padding: .symmetric(vertical: 0, horizontal: 1))
  private static let column3 = Window(
    kernel: (3, 1), padding: .symmetric(vertical: 1, horizontal: 0))
  private static let row7 = Window(kernel: (1, 7), padding: .symmetric(vertical: 0, horizontal: 3))
  private static let column7 = Window(
    kernel: (7, 1), padding: .symmetric(vertical: 3, horizontal: 0))

  /// Convolutions after one another, each given by its name, channels and window.
  private func chain(
    _ x: FeatureMap, _ net: inout NetworkBuilder, _ weights: WeightReader,
    _ layers: [(name: String, out: Int, window: Window)]
  ) -> FeatureMap {
    layers.reduce(x) { x, layer in
      net.normalizedConvolution(x, weights[layer.name], layer.out, layer.window)
    }
  }

  /// A 3×3 average, then a 1×1 convolution.
  private func poolBranch(
    _ x: FeatureMap, _ net: inout NetworkBuilder, _ weights: WeightReader, _ out: Int
  ) -> FeatureMap {
    let mean = net.averagePool(x, Window(3, padding: 1))
    return net.normalizedConvolution(mean, weights["branch_pool"], out, Window(1))
  }

  /// The module of the paper's figure 5; torchvision's `InceptionA`.
  private func fiveByFive(
    _ x: FeatureMap, _ net: inout NetworkBuilder, _ weights: WeightReader, poolChannels: Int
  ) -> FeatureMap {
    net.concatenate([
      chain(x, &net, weights, [("branch1x1", 64, Window(1))]),
      chain(
        x, &net, weights,
        [("branch5x5_1", 48, Window(1)), ("branch5x5_2", 64, Window(5, padding: 2))]),
      chain(
        x, &net, weights,
        [
          ("branch3x3dbl_1", 64, Window(1)), ("branch3x3dbl_2", 96, Window(3, padding: 1)),
          ("branch3x3dbl_3", 96, Window(3, padding: 1)),
        ]),
      poolBranch(x, &net, weights, poolChannels),
    ])
  }

  /// From 35×35 to 17×17 (figure 10); torchvision's `InceptionB`.
  private func firstReduction(
    _ x: FeatureMap, _ net: inout NetworkBuilder, _ weights: WeightReader
  ) -> FeatureMap {
    net.concatenate([
      chain(x, &net, weights, [("branch3x3", 384, Window(3, stride: 2))]),
      chain(
        x, &net, weights,
        [
          ("branch3x3dbl_1", 64, Window(1)), ("branch3x3dbl_2", 96, Window(3, padding: 1)),
          ("branch3x3dbl_3", 96, Window(3, stride: 2)),
        ]),
      net.maxPool(x, Window(3, stride: 2)),
    ])
  }

  /// The module of figure 6 with n = 7; torchvision's `InceptionC`.
  private func sevenBySeven(
    _ x: FeatureMap, _ net: inout NetworkBuilder, _ weights: WeightReader, inner: Int
  ) -> FeatureMap {
    net.concatenate([
      chain(x, &net, weights, [("branch1x1", 192, Window(1))]),
      chain(
        x, &net, weights,
        [
          ("branch7x7_1", inner, Window(1)), ("branch7x7_2", inner, Self.row7),
          ("branch7x7_3", 192, Self.column7),
        ]),
      chain(
        x, &net, weights,
        [
          ("branch7x7dbl_1", inner, Window(1)), ("branch7x7dbl_2", inner, Self.column7),
          ("branch7x7dbl_3", inner, Self.row7), ("branch7x7dbl_4", inner, Self.column7),
          ("branch7x7dbl_5", 192, Self.row7),
        ]),
      poolBranch(x, &net, weights, 192),
    ])
  }

  /// From 17×17 to 8×8; torchvision's `InceptionD`.
  private func secondReduction(
    _ x: FeatureMap, _ net: inout NetworkBuilder, _ weights: WeightReader
  ) -> FeatureMap {
    net.concatenate([
      chain(
        x, &net, weights,
        [("branch3x3_1", 192, Window(1)), ("branch3x3_2", 320, Window(3, stride: 2))]),
      chain(
        x, &net, weights,
        [
          ("branch7x7x3_1", 192, Window(1)), ("branch7x7x3_2", 192, Self.row7),
          ("branch7x7x3_3", 192, Self.column7), ("branch7x7x3_4", 192, Window(3, stride: 2)),
        ]),
      net.maxPool(x, Window(3, stride: 2)),
    ])
  }

  /// The module of figure 7; torchvision's `InceptionE`.
  private func widened(
    _ x: FeatureMap, _ net: inout NetworkBuilder, _ weights: WeightReader
  ) -> FeatureMap {
    let single = chain(x, &net, weights, [("branch3x3_1", 384, Window(1))])
    let double = chain(
      x, &net, weights,
      [("branch3x3dbl_1", 448, Window(1)), ("branch3x3dbl_2", 384, Window(3, padding: 1))])
    return net.concatenate([
      chain(x, &net, weights, [("branch1x1", 320, Window(1))]),
      chain(single, &net, weights, [("branch3x3_2a", 384, Self.row3)]),
      chain(single, &net, weights, [("branch3x3_2b", 384, Self.column3)]),
      chain(double, &net, weights, [("branch3x3dbl_3a", 384, Self.row3)]),
      chain(double, &net, weights, [("branch3x3dbl_3b", 384, Self.column3)]),
      poolBranch(x, &net, weights, 192),
    ])
  }
}
