internal import NeuralNet
internal import Tensors

/// An encoder's network before its parameters are read: what inference and training are made from.
struct EncoderDefinition {
  var network: NetworkBuilder
  let maps: EncoderMaps
}

extension EncoderConfiguration {
  /// - Parameters:
  ///   - weights: where the checkpoint's keys begin.
  ///   - outputs: which outputs will ever be asked for.
  /// - Throws: `CaptioningError.configuration` if there is no such network.
  func definition(
    weights: WeightReader, outputs: Set<EncoderOutput>
  ) throws -> EncoderDefinition {
    let architecture = try network()
    var transform: ChannelTransform?
    if transformInput == true {
      // From (v − mean) / deviation to (v − 0.5) / 0.5 (torchvision's `_transform_input`).
      transform = ChannelTransform(
        scale: imageNetDeviation.map { Float($0 / 0.5) },
        shift: imageNetMean.map { Float(($0 - 0.5) / 0.5) })
    }
    var network = NetworkBuilder(
      channels: architecture.imageChannels, transform: transform,
      normalizationEpsilon: normalizationEpsilon)
    let maps = architecture.build(&network, weights, outputs: outputs)
    return EncoderDefinition(network: network, maps: maps)
  }
}
