import CaptionTraining
import Captioning
import NeuralNet
import Tensors
import TestSupport

/// The decoders and captions of Scripts/references/decoder_training.py.
enum SmallDecoder {
  /// - Parameter regions: 4 for the decoder with attention, 1 for Show and Tell.
  static func batch(regions: Int) -> CaptionBatch {
    CaptionBatch(
      [
        ([4, 7, 5], 1, true), ([6, 4, 8, 9, 7], 0, true), ([10], 1, true), ([5, 5, 6, 8], 2, true),
      ], features: FewFeatures(randomTensor([3, regions, 7], seed: regions == 1 ? 102 : 101)),
      start: 1, end: 2)
  }

  static var forcing: TeacherForcing {
    var forcing = TeacherForcing()
    (forcing.labelSmoothing, forcing.attentionPenalty) = (0.1, 0.7)
    (forcing.embeddingDropout, forcing.outputDropout) = (0, 0)
    return forcing
  }

  static var attention: AttentionNetwork {
    network(DecoderConfiguration(attention: 6, embedding: 5, hidden: 9))
  }

  /// With attention to regions that are brought to another size first.
  static var embedded: AttentionNetwork {
    var configuration = DecoderConfiguration(attention: 6, embedding: 5, hidden: 9)
    configuration.regionEmbedding = 8
    return network(configuration)
  }

  static var showAndTell: ShowAndTellNetwork {
    network(DecoderConfiguration(showAndTellEmbedding: 5, hidden: 9))
  }

  /// A decoder whose parameters have the seeds 1, 2, … in their order.
  private static func network<Network: DecoderNetwork>(
    _ configuration: DecoderConfiguration
  ) -> Network {
    var random = SeededRandom(seed: 1)
    var network = Network(configuration, channels: 7, vocabularySize: 11, random: &random)
    var seed: UInt64 = 0
    network.visitParameters(
      ParameterVisitor { _, tensor, _ in
        seed += 1
        tensor = randomTensor(tensor.shape, seed: seed)
      })
    return network
  }
}
