internal import NeuralNet
package import Tensors

/// The loss of a decoder that reads captions as people wrote them, and is to find likely what comes
/// next: the mean cross-entropy of the words, and λ times the mean over captions and regions of
/// (1 − Σ α)², α being the attention that a region gets in all steps: no region is to be overlooked
/// (doubly stochastic attention, Xu et al. 2015, arXiv 1502.03044, eq. 14).
package struct TeacherForcing: Codable, Equatable, Sendable {
  package var labelSmoothing: Float = 0.1
  /// λ
  package var attentionPenalty: Float = 1
  /// The probability of dropping a number of a word's embedding.
  package var embeddingDropout: Float = 0.3
  /// The probability of dropping a number of the hidden state on its way to the logits.
  package var outputDropout: Float = 0.5
  /// The probability of reading, in the place of a word that a person wrote, what the decoder itself
  /// says next; see `drawnInputs`.
  package var ownWords: Float = 0

  package init() {}

  package struct Loss: Sendable {
    /// The mean over the words.
    package let words: Double
    /// λ times the mean; 0 without attention.
    package let attention: Double
    package var total: Double { words + attention }
    /// The gradient with respect to the batch's regions; nil where it was not asked for.
    package let regionGradient: Tensor?
  }

  /// Forward and backward pass.
  ///
  /// - Parameters:
  ///   - rowWeights: by row of the layout, what its loss is multiplied by; nil for 1.
  ///   - learnsRegions: whether the gradient of the regions is asked for.
  ///   - gradients: receives the sum of what it holds and the gradients.
  package func addGradients<Network: DecoderNetwork>(
    of network: Network, _ batch: CaptionBatch, rowWeights: [Float]? = nil,
    learnsRegions: Bool = false, to gradients: inout Network, random: inout SeededRandom,
    threads: Int = 1
  ) -> Loss {
    var batch = batch
    if ownWords > 0 { batch.inputs = drawnInputs(network, batch, random, threads: threads) }
    let (inputs, outputs) = (Dropout(embeddingDropout), Dropout(outputDropout))
    let beforeInput = random
    let words = inputs(network.embedding(batch.inputs), random: &random, threads: threads)
    let trace = network.forward(words, batch, threads: threads)
    let beforeOutput = random
    let (loss, slope) = SoftmaxCrossEntropy(labelSmoothing: labelSmoothing)(
      outputs(trace.output, random: &random, threads: threads), through: network.output,
      targets: batch.targets, weights: rowWeights, gradients: &gradients.output,
      threads: threads)
    let attended = attentionPenalty > 0 ? trace.weights : nil
    let penalty = attended.map { self.penalty($0, batch.layout) }
    let found = network.backward(
      trace, batch,
      outputGradient: outputs.backward(slope, random: beforeOutput, threads: threads),
      weightGradient: penalty?.gradient, learnsRegions: learnsRegions, gradients: &gradients,
      threads: threads)
    network.embedding.backward(
      inputs.backward(found.words, random: beforeInput, threads: threads), ids: batch.inputs,
      gradients: &gradients.embedding)
    return Loss(
      words: loss, attention: penalty?.loss ?? 0, regionGradient: found.regions)
  }

  /// - Parameter weights: `[layout.rows, regions]`
  private func penalty(
    _ weights: Tensor, _ layout: SequenceLayout
  ) -> (loss: Double, gradient: Tensor) {
    let regions = weights.shape[1]
    let scale = attentionPenalty / Float(layout.sequences * regions)
    var gradient = Tensor(weights.shape)
    var loss = 0.0
    for place in 0..<layout.sequences {
      let rows = layout.rows(ofPlace: place)
      for region in 0..<regions {
        let rest = 1 - rows.reduce(Float(0)) { $0 + weights.elements[$1 * regions + region] }
        loss += Double(scale * rest * rest)
        for row in rows { gradient.elements[row * regions + region] = -2 * scale * rest }
      }
    }
    return (loss, gradient)
  }
}
