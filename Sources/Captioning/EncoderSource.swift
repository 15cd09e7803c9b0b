package import Imaging
internal import NeuralNet
package import Tensors

/// What an encoder is made of: which network, its parameters, and how it wants its photos.
package struct EncoderSource: Sendable {
  package let configuration: EncoderConfiguration
  package let preprocessing: PreprocessingConfiguration
  /// Where the parameters' keys begin.
  package let weights: WeightReader

  package init(
    _ configuration: EncoderConfiguration, _ weights: WeightReader,
    _ preprocessing: PreprocessingConfiguration
  ) {
    self.configuration = configuration
    self.preprocessing = preprocessing
    self.weights = weights
  }

  /// The encoder of a model.
  package init(_ bundle: ModelBundle) {
    self.init(
      bundle.configuration.encoder, WeightReader(bundle.weights)["encoder"],
      bundle.configuration.preprocessing)
  }

  /// In which precision a model keeps the parameters: half where they were read in half.
  package var precision: StoredPrecision {
    guard let file = weights.source as? SafetensorsFile else { return .float32 }
    let own = file.entries.filter { $0.key.hasPrefix(weights.prefix) }.map(\.value.type)
    // What counts batches is no parameter.
    let wide: Set<SafetensorsFile.ElementType> = [.bfloat16, .float32, .float64]
    return own.contains(where: wide.contains) ? .float32 : .float16
  }

  /// The encoder in training.
  ///
  /// - Throws: as `TrainableEncoder`'s initialiser.
  package func trainable(outputs: Set<EncoderOutput>) throws -> TrainableEncoder {
    try TrainableEncoder(configuration: configuration, weights: weights, outputs: outputs)
  }

  /// The parameters by the keys that `ImageEncoder` reads for a captioner.
  ///
  /// - Throws: as `TrainableEncoder`'s initialiser.
  package func tensors() throws -> [String: Tensor] {
    try trainable(outputs: [.map, .embedding]).tensors
  }
}
