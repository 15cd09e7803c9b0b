// Christian Szegedy, Wei Liu, Yangqing Jia, Pierre Sermanet, Scott Reed, Dragomir Anguelov, Dumitru
// Erhan, Vincent Vanhoucke, Andrew Rabinovich: Going deeper with convolutions, 2014, arXiv
// 1409.4842. Parameters as in torchvision's `googlenet.py`: with batch normalisation, and with 3×3
// convolutions where the paper has 5×5 (pytorch/vision issue 906). The auxiliary classifiers serve
// training only; their parameters are not read.

internal import NeuralNet
internal import Tensors

/// GoogLeNet.
struct GoogLeNet: EncoderArchitecture {
  /// The channels of one inception module, in the order of the paper's table 1.
  private struct Inception {
    let name: String
    let one: Int
    let threeReduce: Int
    let three: Int
    let fiveReduce: Int
    let five: Int
    let pool: Int

    init(_ name: String, _ one: Int, _ three: (Int, Int), _ five: (Int, Int), _ pool: Int) {
      self.name = "inception" + name
      self.one = one
      (threeReduce, self.three) = three
      (fiveReduce, self.five) = five
      self.pool = pool
    }
  }

  /// The modules of the third, fourth and fifth stage.
  private static let stages = [
    [
      Inception("3a", 64, (96, 128), (16, 32), 32),
      Inception("3b", 128, (128, 192), (32, 96), 64),
    ],
    [
      Inception("4a", 192, (96, 208), (16, 48), 64),
      Inception("4b", 160, (112, 224), (24, 64), 64),
      Inception("4c", 128, (128, 256), (24, 64), 64),
      Inception("4d", 112, (144, 288), (32, 64), 64),
      Inception("4e", 256, (160, 320), (32, 128), 128),
    ],
    [
      Inception("5a", 256, (160, 320), (32, 128), 128),
      Inception("5b", 384, (192, 384), (48, 128), 128),
    ],
  ]

  var mapChannels: Int { 1024 }

  func build(
    _ net: inout NetworkBuilder, _ weights: WeightReader, outputs: Set<EncoderOutput>
  ) -> EncoderMaps {
    let halving = Window(3, stride: 2)
    var x = net.normalizedConvolution(
      net.input, weights["conv1"], 64, Window(7, stride: 2, padding: 3))
    x = net.maxPool(x, halving, ceil: true)
    x = net.normalizedConvolution(x, weights["conv2"], 64, Window(1))
    x = net.normalizedConvolution(x, weights["conv3"], 192, Window(3, padding: 1))
    x = net.maxPool(x, halving, ceil: true)
    for (stage, modules) in Self.stages.enumerated() {
      if stage > 0 { x = net.maxPool(x, stage == 1 ? halving : Window(2, stride: 2), ceil: true) }
      for module in modules { x = inception(x, &net, weights[module.name], module) }
    }
    return net.classified(x, weights["fc"], dropout: 0.2, outputs: outputs)
  }

  private func inception(
    _ x: FeatureMap, _ net: inout NetworkBuilder, _ weights: WeightReader, _ module: Inception
  ) -> FeatureMap {
    let one = net.normalizedConvolution(x, weights["branch1"], module.one, Window(1))
    var three = net.normalizedConvolution(
      x, weights["branch2"][0], module.threeReduce, Window(1))
    three = net.normalizedConvolution(
      three, weights["branch2"][1], module.three, Window(3, padding: 1))
    var five = net.normalizedConvolution(
      x, weights["branch3"][0], module.fiveReduce, Window(1))
    five = net.normalizedConvolution(
      five, weights["branch3"][1], module.five, Window(3, padding: 1))
    var pool = net.maxPool(x, Window(3, padding: 1), ceil: true)
    pool = net.normalizedConvolution(pool, weights["branch4"][1], module.pool, Window(1))
    return net.concatenate([one, three, five, pool])
  }
}

extension NetworkBuilder {
  /// A convolution, batch normalisation and ReLU, as GoogLeNet's and Inception's checkpoints name
  /// them: `conv` and `bn`.
  mutating func normalizedConvolution(
    _ input: FeatureMap, _ weights: WeightReader, _ out: Int, _ window: Window
  ) -> FeatureMap {
    convolution(
      input, weights["conv"], out: out, window, normalization: weights["bn"], activation: .relu)
  }
}
