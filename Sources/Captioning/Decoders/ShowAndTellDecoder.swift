import NeuralNet
package import Tensors

/// Show and Tell: A Neural Image Caption Generator (Vinyals et al. 2015, arXiv 1411.4555): the
/// projected embedding of the image is the first input of an LSTM that starts from zero and sees
/// the image no more; logits = fc(h).
///
/// Checkpoint keys: `image_embedding` (`weight`, and `bias` unless the configuration's `image_bias`
/// is false), with `image_norm` also `image_norm.{weight, bias, running_mean, running_var}`;
/// `embedding.weight`, `decode_step.{weight_ih, weight_hh, bias_ih, bias_hh}`, `fc`.
package struct ShowAndTellDecoder: CaptionDecoder {
  package let channels: Int
  package let vocabularySize: Int
  package let path: String
  /// What the LSTM reads after the image, or nil where its output for the image is already the
  /// first token.
  private let startToken: Int?
  private let imageEmbedding: PackedMatrix
  private let embedding: Embedding
  private let cell: PackedLSTMCell
  private let output: PackedMatrix

  /// - Throws: `WeightError` if a parameter is missing or has another shape.
  package init(
    _ configuration: DecoderConfiguration, channels: Int, vocabularySize: Int, startToken: Int?,
    weights: WeightReader
  ) throws {
    self.channels = channels
    self.vocabularySize = vocabularySize
    path = weights.source.path
    self.startToken = startToken
    var projection = try Linear(
      weights["image_embedding"], inputs: channels, outputs: configuration.embedding,
      bias: configuration.imageBias)
    if configuration.imageNorm {
      try projection.foldNorm(weights["image_norm"], epsilon: configuration.imageNormEpsilon)
    }
    imageEmbedding = projection.packed()
    embedding = try configuration.loadEmbedding(weights, vocabularySize: vocabularySize)
    cell = try configuration.loadCell(weights, inputs: configuration.embedding)
    output = try Linear(
      weights["fc"], inputs: configuration.hidden, outputs: vocabularySize
    ).packed()
  }

  package func makeState(rows: Int, threads: Int) -> DecoderState {
    DecoderState(rows: rows, threads: threads, cell: cell, vocabularySize: vocabularySize)
  }

  package func start(_ features: ImageFeatures, in state: DecoderState) {
    precondition(
      features.pooled.shape == [channels],
      "pooled features \(features.pooled.shape) for a decoder of \(channels) channels")
    state.rows = 1
    state.hidden.base.update(repeating: 0, count: cell.hidden)
    state.cell.base.update(repeating: 0, count: cell.hidden)
    features.pooled.elements.withUnsafeBufferPointer { pooled in
      guard let pooled = pooled.baseAddress else { return }
      imageEmbedding(pooled, rows: 1, into: state.joined.base, threads: state.threads)
    }
    step(state)
    if let startToken {
      embedding.copyRow(startToken, to: state.joined.base)
      step(state)
    }
    computeLogits(state)
  }

  package func advance(parents: [Int], tokens: [Int], in state: DecoderState) {
    precondition(
      parents.count == tokens.count, "\(parents.count) parents, \(tokens.count) tokens")
    state.reorder(parents, hiddenSize: cell.hidden)
    for (row, token) in tokens.enumerated() {
      embedding.copyRow(token, to: state.joined.base + row * cell.joinedSize)
    }
    step(state)
    computeLogits(state)
  }

  /// One step of every row, whose inputs already stand in `joined`.
  private func step(_ state: DecoderState) {
    for row in 0..<state.rows {
      (state.joined.base + row * cell.joinedSize + cell.inputs).update(
        from: state.hidden.base + row * cell.hidden, count: cell.hidden)
    }
    cell(
      state.joined.base, rows: state.rows, gates: state.gates.base, cell: state.cell.base,
      hidden: state.hidden.base, threads: state.threads)
  }

  private func computeLogits(_ state: DecoderState) {
    output(
      state.hidden.base, rows: state.rows, into: state.logitBuffer.base, threads: state.threads)
  }
}

extension Linear {
  /// Makes the layer compute what it did followed by batch normalisation with fixed statistics.
  ///
  /// - Throws: `WeightError` if one of the four parameters is missing or has another shape.
  fileprivate mutating func foldNorm(_ weights: WeightReader, epsilon: Float) throws {
    let scale = try weights.tensor("weight", [outputs])
    let shift = try weights.tensor("bias", [outputs])
    let mean = try weights.tensor("running_mean", [outputs])
    let variance = try weights.tensor("running_var", [outputs])
    var folded = bias ?? Tensor([outputs])
    for output in 0..<outputs {
      let factor = scale.elements[output] / (variance.elements[output] + epsilon).squareRoot()
      for index in output * inputs..<(output + 1) * inputs { weight.elements[index] *= factor }
      folded.elements[output] =
        (folded.elements[output] - mean.elements[output]) * factor + shift.elements[output]
    }
    guard weight.elements.areFinite, folded.elements.areFinite else {
      throw weights.notFinite("weight")
    }
    bias = folded
  }
}
