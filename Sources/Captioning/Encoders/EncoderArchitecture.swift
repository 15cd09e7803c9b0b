internal import NeuralNet
internal import Tensors

/// What a convolutional encoder can give of an image.
public enum EncoderOutput: String, Codable, CaseIterable, Sendable {
  /// The last feature map: a vector of channels for each region of the image.
  case map
  /// One vector for the whole image: what the network's classifier reads.
  case embedding
  /// The classifier's result before softmax.
  case logits
}

/// A convolutional network whose features describe images.
protocol EncoderArchitecture: Sendable {
  /// How many channels images have.
  var imageChannels: Int { get }
  /// How many channels the feature map has.
  var mapChannels: Int { get }
  /// Adds the network to `net`, for inference and training alike.
  ///
  /// - Parameters:
  ///   - weights: where the parameters will be read; for now it only tells whether a classifier is
  ///     there.
  ///   - outputs: which outputs will ever be asked for: parameters that none of them needs are left
  ///     out.
  func build(
    _ net: inout NetworkBuilder, _ weights: WeightReader, outputs: Set<EncoderOutput>
  ) -> EncoderMaps
}

extension EncoderArchitecture {
  var imageChannels: Int { 3 }
}

/// Where in an encoder's network its outputs are.
struct EncoderMaps: Sendable {
  var map: FeatureMap
  /// 1×1; nil where it was not asked for.
  var embedding: FeatureMap?
  /// 1×1; nil where the weights carry no classifier, or it was not asked for.
  var logits: FeatureMap?

  /// Which outputs there are.
  var outputs: Set<EncoderOutput> {
    Set(EncoderOutput.allCases.filter { place(of: $0) != nil })
  }

  private func place(of output: EncoderOutput) -> FeatureMap? {
    switch output {
    case .map: map
    case .embedding: embedding
    case .logits: logits
    }
  }

  /// - Precondition: the network has this output.
  func map(of output: EncoderOutput) -> FeatureMap {
    guard let map = place(of: output) else {
      preconditionFailure("this encoder has no \(output.rawValue)")
    }
    return map
  }
}

extension NetworkBuilder {
  /// The usual end of an encoder: the embedding is the map's mean, and the classifier, if the
  /// weights carry one, a fully connected layer on it.
  ///
  /// - Parameter dropout: with which probability training drops what the classifier reads.
  mutating func classified(
    _ map: FeatureMap, _ weights: WeightReader, dropout probability: Float = 0,
    outputs: Set<EncoderOutput>
  ) -> EncoderMaps {
    let mean = adaptiveAveragePool(map)
    var logits: FeatureMap?
    if outputs.contains(.logits), let classes = weights.classCount() {
      let kept = probability > 0 ? dropout(mean, probability) : mean
      logits = linear(kept, weights, out: classes)
    }
    return EncoderMaps(map: map, embedding: mean, logits: logits)
  }

  /// The end of the networks of before global pooling: the map, brought to `side` × `side` regions,
  /// goes through three fully connected layers. The embedding is the second's activation; without a
  /// classifier in the weights, the map's mean.
  ///
  /// - Parameters:
  ///   - layers: the layers' places in torchvision's `classifier`.
  ///   - dropsRegions: whether training drops half of what the first two layers read, as in AlexNet,
  ///     or of what the last two read, as in VGG.
  mutating func fullyConnected(
    _ map: FeatureMap, side: Int, _ classifier: WeightReader, layers: (Int, Int, Int),
    dropsRegions: Bool, outputs: Set<EncoderOutput>
  ) -> EncoderMaps {
    var maps = EncoderMaps(map: map)
    guard !outputs.isDisjoint(with: [.embedding, .logits]) else { return maps }
    guard let classes = classifier[layers.2].classCount() else {
      maps.embedding = adaptiveAveragePool(map)
      return maps
    }
    let hidden = 4096
    var x = adaptiveAveragePool(map, height: side, width: side)
    if dropsRegions { x = dropout(x, 0.5) }
    x = linear(
      x, classifier[layers.0], out: hidden, height: side, width: side, activation: .relu)
    x = linear(dropout(x, 0.5), classifier[layers.1], out: hidden, activation: .relu)
    maps.embedding = x
    if outputs.contains(.logits) {
      if !dropsRegions { x = dropout(x, 0.5) }
      maps.logits = linear(x, classifier[layers.2], out: classes)
    }
    return maps
  }
}

extension WeightReader {
  /// How many classes the classifier here tells apart, or nil if there is none: the first extent of
  /// its `weight`, or `usual` (ImageNet's 1000) where the source does not prescribe shapes.
  func classCount(usual: Int = 1000) -> Int? {
    guard contains("weight") else { return nil }
    guard let shape = shape(of: "weight") else { return usual }
    return max(1, shape.extents.first ?? 1)
  }
}
