internal import NeuralNet
package import Tensors

/// How often a decoder reads its own words in training, instead of those that people wrote: never
/// at first, and more and more often as it learns, so that it can go on from its own mistakes
/// (Bengio et al. 2015, arXiv 1506.03099).
package struct ScheduledSampling: Codable, Equatable, Sendable {
  /// The probability at the last step.
  package var final: Float
  /// Steps in which the probability rises, in a straight line from 0.
  package var steps: Int

  package init(final: Float, steps: Int) {
    self.final = final
    self.steps = steps
  }

  /// The probability at a step, counted from 0.
  package func probability(step: Int) -> Float {
    final * min(1, Float(step) / Float(max(1, steps - 1)))
  }
}

extension TeacherForcing {
  /// The words that a step of training reads: each but the first of a caption is, with the
  /// probability `ownWords`, drawn from what the decoder says after the words read so far, drawn
  /// ones among them.
  ///
  /// A pass through the captions, word by word, which drops the same numbers as the pass that is
  /// learned from: the words are drawn from the very probabilities that this one computes.
  ///
  /// - Parameter random: as `addGradients` gets it.
  /// - Returns: by row of the layout.
  package func drawnInputs<Network: DecoderNetwork>(
    _ network: Network, _ batch: CaptionBatch, _ random: SeededRandom, threads: Int = 1
  ) -> [Int] {
    let layout = batch.layout
    let (inputSize, outputSize) = (network.embedding.size, network.output.inputs)
    /// As it is when what is dropped of a row is drawn.
    func dropping(fromRow row: Int, size: Int, after skipped: Int = 0) -> SeededRandom {
      var random = random
      random.skip(skipped + row * size)
      return random
    }
    let inputCount = layout.rows * inputSize
    // A sequence of its own: what is dropped does not tell which words are drawn.
    var own = dropping(fromRow: layout.rows, size: outputSize, after: inputCount)
    own = SeededRandom(seed: own.next())
    let firstRows = layout.counts.first ?? 0
    let isDrawn = (0..<layout.rows).map { own.uniform() < ownWords && $0 >= firstRows }
    var inputs = batch.inputs
    var state: LSTMState?
    let last = isDrawn.lastIndex(of: true) ?? 0
    for step in 1..<max(1, layout.steps) where layout.offsets[step] <= last {
      let (before, count) = (layout.offsets[step - 1], layout.counts[step - 1])
      var random = dropping(fromRow: before, size: inputSize)
      let words = Dropout(embeddingDropout)(
        network.embedding(Array(inputs[before..<before + count])), random: &random,
        threads: threads)
      let next = network.step(
        words, batch, after: state?.first(count), threads: threads)
      state = next
      random = dropping(fromRow: before, size: outputSize, after: inputCount)
      let offset = layout.offsets[step]
      let drawn = (0..<layout.counts[step]).filter { isDrawn[offset + $0] }
      guard !drawn.isEmpty else { continue }
      let logits = network.output(
        Dropout(outputDropout)(next.hidden, random: &random, threads: threads).rows(drawn),
        threads: threads)
      for (row, place) in drawn.enumerated() {
        inputs[offset + place] = logits.draw(row: row, &own)
      }
    }
    return inputs
  }
}

extension LSTMState {
  /// The state of the first sequences.
  fileprivate func first(_ count: Int) -> LSTMState {
    LSTMState(hidden: hidden.rows(Array(0..<count)), cell: cell.rows(Array(0..<count)))
  }
}

extension Tensor {
  /// Draws a column of a matrix of logits with its probability in a row.
  fileprivate func draw(row: Int, _ random: inout SeededRandom) -> Int {
    let size = shape[1]
    let probabilities = [Float](unsafeUninitializedCapacity: size) { result, count in
      elements.withUnsafeBufferPointer { logits in
        guard let logits = logits.baseAddress, let result = result.baseAddress else { return }
        VectorMath.softmax(logits + row * size, count: size, into: result)
      }
      count = size
    }
    var point = random.uniformDouble()
    for (column, probability) in probabilities.enumerated() {
      point -= Double(probability)
      if point < 0 { return column }
    }
    // The sum may be less than 1 by rounding; a logit that is no number ends the step later.
    return probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
  }
}
