// Alex Krizhevsky: One weird trick for parallelizing convolutional neural networks, 2014, arXiv
// 1404.5997: the network of Krizhevsky, Sutskever and Hinton (2012) in one column and without local
// response normalisation. Parameters as in torchvision's `alexnet.py`.

internal import NeuralNet
internal import Tensors

/// AlexNet.
///
/// The map is what follows the last pooling, the embedding the second fully connected layer's 4096
/// activations ("fc7"). Without a classifier in the weights, the embedding is the map's mean.
struct AlexNet: EncoderArchitecture {
  var mapChannels: Int { 256 }

  func build(
    _ net: inout NetworkBuilder, _ weights: WeightReader, outputs: Set<EncoderOutput>
  ) -> EncoderMaps {
    let features = weights["features"]
    let pooling = Window(3, stride: 2)
    var x = net.convolution(
      net.input, features[0], out: 64, Window(11, stride: 4, padding: 2), activation: .relu)
    x = net.maxPool(x, pooling)
    x = net.convolution(x, features[3], out: 192, Window(5, padding: 2), activation: .relu)
    x = net.maxPool(x, pooling)
    x = net.convolution(x, features[6], out: 384, Window(3, padding: 1), activation: .relu)
    x = net.convolution(x, features[8], out: 256, Window(3, padding: 1), activation: .relu)
    x = net.convolution(x, features[10], out: 256, Window(3, padding: 1), activation: .relu)
    x = net.maxPool(x, pooling)
    return net.fullyConnected(
      x, side: 6, weights["classifier"], layers: (1, 4, 6), dropsRegions: true,
      outputs: outputs)
  }
}
