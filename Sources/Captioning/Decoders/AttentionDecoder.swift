import NeuralNet
package import Tensors

/// Show, Attend and Tell: Neural Image Caption Generation with Visual Attention (Xu et al. 2015,
/// arXiv 1502.03044), with soft attention over regions, the sigmoid gate on the context, one LSTM,
/// and logits from its hidden state alone.
///
/// A step attends with the previous hidden state:
/// - α = softmax(attention(a, h)), context = Σ α a · σ(f_beta(h)),
/// - (h, c) = LSTM([embedding; context], h, c), logits = fc(h).
///
/// Checkpoint keys, those of sgrvinod's tutorial: `attention.{encoder_att, decoder_att, full_att}`,
/// `embedding.weight`, `decode_step.{weight_ih, weight_hh, bias_ih, bias_hh}`, `init_h`, `init_c`,
/// `f_beta`, `fc`; and `region_embedding` in front of the attention where the configuration has one
/// (ruotianluo's `att_embed`).
package struct AttentionDecoder: CaptionDecoder {
  package let channels: Int
  package let vocabularySize: Int
  package let path: String
  private let startToken: Int
  /// The size of the regions that are attended to.
  private let contextSize: Int
  private let regionEmbedding: PackedMatrix?
  private let initialHidden: PackedMatrix?
  private let initialCell: PackedMatrix?
  private let embedding: Embedding
  private let attention: PackedAttention
  private let contextGate: PackedMatrix?
  private let cell: PackedLSTMCell
  private let output: PackedMatrix

  /// - Throws: `WeightError` if a parameter is missing or has another shape.
  package init(
    _ configuration: DecoderConfiguration, channels: Int, vocabularySize: Int, startToken: Int,
    weights: WeightReader
  ) throws {
    let hidden = configuration.hidden
    let contextSize = configuration.regionEmbedding ?? channels
    func linear(_ name: String, _ inputs: Int, _ outputs: Int) throws -> PackedMatrix {
      try Linear(weights[name], inputs: inputs, outputs: outputs).packed()
    }
    self.channels = channels
    self.vocabularySize = vocabularySize
    path = weights.source.path
    self.startToken = startToken
    self.contextSize = contextSize
    regionEmbedding = try configuration.regionEmbedding.map {
      try linear("region_embedding", channels, $0)
    }
    let startsFromMean = configuration.initialState == .mean
    initialHidden = startsFromMean ? try linear("init_h", contextSize, hidden) : nil
    initialCell = startsFromMean ? try linear("init_c", contextSize, hidden) : nil
    embedding = try configuration.loadEmbedding(weights, vocabularySize: vocabularySize)
    attention = try AdditiveAttention(
      weights["attention"], channels: contextSize, hidden: hidden,
      size: configuration.attention, activation: configuration.attentionActivation
    ).packed()
    contextGate = configuration.gate ? try linear("f_beta", hidden, contextSize) : nil
    cell = try configuration.loadCell(weights, inputs: configuration.embedding + contextSize)
    output = try linear("fc", hidden, vocabularySize)
  }

  package func makeState(rows: Int, threads: Int) -> DecoderState {
    DecoderState(
      rows: rows, threads: threads, cell: cell, vocabularySize: vocabularySize,
      attention: attention.size, context: contextSize)
  }

  package func start(_ features: ImageFeatures, in state: DecoderState) {
    let count = features.regions.shape[0]
    precondition(
      count > 0 && features.regions.shape[1] == channels,
      "regions \(features.regions.shape) for a decoder of \(channels) channels")
    if count != state.regionCount {
      state.regions = AlignedBuffer(count: count * contextSize)
      state.keys = AlignedBuffer(count: count * attention.size)
      state.weights = AlignedBuffer(count: state.capacity * count)
      state.regionCount = count
    }
    features.regions.elements.withUnsafeBufferPointer { regions in
      guard let regions = regions.baseAddress else { return }
      if let regionEmbedding {
        regionEmbedding(
          regions, rows: count, into: state.regions.base, activation: .relu,
          threads: state.threads)
      } else {
        state.regions.base.update(from: regions, count: count * contextSize)
      }
    }
    attention.project(
      state.regions.base, count: count, keys: state.keys.base, threads: state.threads)
    if let initialHidden, let initialCell {
      // The mean borrows the context's place in the first row, which the step overwrites.
      let mean = state.joined.base
      VectorMath.weightedSum(
        values: state.regions.base, rows: count, size: contextSize,
        weights: [Float](repeating: 1 / Float(count), count: count), into: mean)
      initialHidden(mean, rows: 1, into: state.hidden.base)
      initialCell(mean, rows: 1, into: state.cell.base)
    } else {
      state.hidden.base.update(repeating: 0, count: cell.hidden)
      state.cell.base.update(repeating: 0, count: cell.hidden)
    }
    state.rows = 1
    step([startToken], state)
  }

  package func advance(parents: [Int], tokens: [Int], in state: DecoderState) {
    precondition(
      parents.count == tokens.count, "\(parents.count) parents, \(tokens.count) tokens")
    state.reorder(parents, hiddenSize: cell.hidden)
    step(tokens, state)
  }

  /// One step of every row of the state.
  private func step(_ tokens: [Int], _ state: DecoderState) {
    let rows = tokens.count
    let stride = cell.joinedSize
    for (row, token) in tokens.enumerated() {
      let joined = state.joined.base + row * stride
      embedding.copyRow(token, to: joined)
      (joined + cell.inputs).update(
        from: state.hidden.base + row * cell.hidden, count: cell.hidden)
    }
    let context = state.joined.base + embedding.size
    attention(
      regions: state.regions.base, keys: state.keys.base, count: state.regionCount,
      hidden: state.hidden.base, rows: rows, query: state.query.base,
      weights: state.weights.base, context: context, contextStride: stride,
      threads: state.threads)
    if let contextGate {
      let gate = state.contextGate.base
      contextGate(state.hidden.base, rows: rows, into: gate, threads: state.threads)
      VectorMath.sigmoid(gate, count: rows * contextSize, into: gate)
      for row in 0..<rows {
        multiply(context + row * stride, by: gate + row * contextSize)
      }
    }
    cell(
      state.joined.base, rows: rows, gates: state.gates.base, cell: state.cell.base,
      hidden: state.hidden.base, threads: state.threads)
    output(
      state.hidden.base, rows: rows, into: state.logitBuffer.base, threads: state.threads)
  }

  @inline(never)
  private func multiply(_ context: UnsafeMutablePointer<Float>, by gate: UnsafePointer<Float>) {
    for channel in 0..<contextSize { context[channel] *= gate[channel] }
  }
}
