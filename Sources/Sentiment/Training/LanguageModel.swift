internal import Foundation
package import NeuralNet
package import Tensors

/// A language model whose encoder a classifier then starts with: read forwards it foretells each
/// next word, read backwards each word before (Dai, Le 2015, "Semi-supervised sequence learning",
/// arXiv 1511.01432; Peters et al. 2017, arXiv 1705.00108, for both directions).
///
/// Checkpoint keys: those of the encoder, `forward`, `reverse`, `bias`.
package struct LanguageModel: Trainable {
  package var encoder: TextEncoder
  /// From the states to vectors like those of words, `[embedding, hidden]`.
  package var forward: Linear
  package var reverse: Linear?
  /// How frequent each word is, `[words]`.
  package var bias: Tensor

  package init(
    _ configuration: TextNetworkConfiguration, counts: [Int], random: inout SeededRandom
  ) {
    encoder = TextEncoder(configuration, words: counts.count, random: &random)
    let (inputs, outputs) = (configuration.hidden, configuration.embedding)
    forward = Linear(inputs: inputs, outputs: outputs, random: &random)
    reverse =
      configuration.isBidirectional
      ? Linear(inputs: inputs, outputs: outputs, random: &random) : nil
    bias = Self.frequencies(counts)
  }

  package mutating func visitParameters(_ visit: ParameterVisitor) {
    encoder.visitParameters(visit)
    visit("forward", &forward)
    visit("reverse", &reverse)
    visit("bias", &bias)
  }

  /// log(count + 1), shifted to a mean of zero.
  private static func frequencies(_ counts: [Int]) -> Tensor {
    let logs = counts.map { log(Float($0) + 1) }
    let mean = logs.reduce(0, +) / Float(max(1, logs.count))
    return Tensor([logs.count], logs.map { $0 - mean })
  }
}
