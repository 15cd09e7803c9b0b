package import Captioning
package import Imaging
internal import NeuralNet

/// How an encoder is trained along with its decoder.
package struct FineTuning: Codable, Equatable, Sendable {
  /// The first layer that learns, by the beginning of its checkpoint keys; nil for all.
  package var firstLayer: String?
  /// What the learning rate is multiplied by for the encoder.
  package var rateFactor: Float = 0.1
  /// Whether batch normalisation keeps its parameters and running statistics, which are those of
  /// many more photos than a step sees.
  package var freezesNormalization = true
  /// How photos are changed each time they are seen; nil for not at all.
  package var augmentation: ImageAugmentation? = ImageAugmentation()

  package init() {}

  /// An encoder that will learn so.
  ///
  /// - Throws: `NetworkError.noLayer`; else as `TrainableEncoder`'s initialiser.
  package func encoder(_ source: EncoderSource, output: EncoderOutput) throws -> TrainableEncoder {
    var encoder = try source.trainable(outputs: [output])
    if let firstLayer { try encoder.freeze(before: firstLayer) }
    encoder.freezesNormalization = freezesNormalization
    return encoder
  }
}
