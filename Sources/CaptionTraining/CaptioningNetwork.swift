package import Captioning
package import NeuralNet

/// A decoder in training, with its encoder where that is trained, too.
package struct CaptioningNetwork<Decoder: DecoderNetwork>: Trainable {
  package var encoder: TrainableEncoder?
  package var decoder: Decoder

  /// - Parameter encoder: nil for one that is frozen.
  package init(_ decoder: Decoder, encoder: TrainableEncoder? = nil) {
    self.encoder = encoder
    self.decoder = decoder
  }

  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit(Self.encoderKey, &encoder)
    visit("decoder", &decoder)
  }

  private static var encoderKey: String { "encoder" }

  /// Whether a parameter of this checkpoint key is the encoder's.
  static func isOfEncoder(_ name: String) -> Bool { name.hasPrefix(encoderKey + ".") }
}
