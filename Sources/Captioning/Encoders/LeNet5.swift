// Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner: Gradient-based learning applied to
// document recognition, Proceedings of the IEEE 86(11), 1998, section II.B.

internal import NeuralNet
internal import Tensors

/// LeNet-5, for grey images of 32×32 pixels, in the form in which it is built today: every map of
/// C3 sees all maps of S2, S2 and S4 are plain averages, the squashing function is tanh, and the
/// output layer is fully connected.
///
/// Checkpoint keys, each with `weight` and `bias`: `conv1 [6, 1, 5, 5]`, `conv2 [16, 6, 5, 5]`,
/// `fc1 [120, 400]` (the paper's C5), `fc2 [84, 120]` (F6), `fc3 [10, 84]`.
///
/// The map is S4, 5×5 regions of 16 channels; the embedding is F6. Without `fc3` in the weights,
/// the embedding is the map's mean.
struct LeNet5: EncoderArchitecture {
  var imageChannels: Int { 1 }
  var mapChannels: Int { 16 }

  func build(
    _ net: inout NetworkBuilder, _ weights: WeightReader, outputs: Set<EncoderOutput>
  ) -> EncoderMaps {
    var x = net.tanh(net.convolution(net.input, weights["conv1"], out: 6, Window(5)))
    x = net.averagePool(x, Window(2, stride: 2))
    x = net.tanh(net.convolution(x, weights["conv2"], out: 16, Window(5)))
    x = net.averagePool(x, Window(2, stride: 2))
    var maps = EncoderMaps(map: x)
    guard !outputs.isDisjoint(with: [.embedding, .logits]) else { return maps }
    guard let classes = weights["fc3"].classCount(usual: 10) else {
      maps.embedding = net.adaptiveAveragePool(x)
      return maps
    }
    x = net.tanh(net.linear(x, weights["fc1"], out: 120, height: 5, width: 5))
    x = net.tanh(net.linear(x, weights["fc2"], out: 84))
    maps.embedding = x
    if outputs.contains(.logits) { maps.logits = net.linear(x, weights["fc3"], out: classes) }
    return maps
  }
}
