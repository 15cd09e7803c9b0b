package import Tensors

/// Soft attention over regions by a small network (Bahdanau, arXiv 1409.0473; for captions arXiv
/// 1502.03044, eq. 4 to 6): e_p = v · f(W_a a_p + W_h h), α = softmax(e), context = Σ α_p a_p.
///
/// Checkpoint keys: `encoder_att` (W_a), `decoder_att` (W_h) and `full_att` (v), each with `weight`
/// and `bias`.
package struct AdditiveAttention: Sendable {
  /// `[size, channels]`
  package var encoderProjection: Linear
  /// `[size, hidden]`
  package var decoderProjection: Linear
  /// `[1, size]`
  package var score: Linear
  /// What stands for f: Xu et al. and the ruotianluo models use tanh, sgrvinod's and the bundled
  /// model ReLU.
  package var activation: VectorMath.AttentionActivation

  /// - Precondition: the three layers fit together.
  package init(
    encoderProjection: Linear, decoderProjection: Linear, score: Linear,
    activation: VectorMath.AttentionActivation
  ) {
    let size = encoderProjection.outputs
    precondition(
      decoderProjection.outputs == size && score.inputs == size && score.outputs == 1,
      "attention of weights \(encoderProjection.weight.shape), "
        + "\(decoderProjection.weight.shape) and \(score.weight.shape)")
    self.encoderProjection = encoderProjection
    self.decoderProjection = decoderProjection
    self.score = score
    self.activation = activation
  }

  /// - Throws: `WeightError` if a parameter is missing or has another shape.
  package init(
    _ weights: WeightReader, channels: Int, hidden: Int, size: Int,
    activation: VectorMath.AttentionActivation
  ) throws {
    self.init(
      encoderProjection: try Linear(weights["encoder_att"], inputs: channels, outputs: size),
      decoderProjection: try Linear(weights["decoder_att"], inputs: hidden, outputs: size),
      score: try Linear(weights["full_att"], inputs: size, outputs: 1),
      activation: activation)
  }

  /// Random parameters, each layer as PyTorch's `nn.Linear` starts.
  package init(
    channels: Int, hidden: Int, size: Int, activation: VectorMath.AttentionActivation,
    random: inout SeededRandom
  ) {
    self.init(
      encoderProjection: Linear(inputs: channels, outputs: size, random: &random),
      decoderProjection: Linear(inputs: hidden, outputs: size, random: &random),
      score: Linear(inputs: size, outputs: 1, random: &random), activation: activation)
  }

  /// The attention's parameters arranged for fast steps.
  package func packed() -> PackedAttention {
    PackedAttention(self)
  }

  /// - Parameters:
  ///   - regions: `[regions, channels]`, of one image.
  ///   - hidden: `[rows, hidden]`
  /// - Returns: `context` `[rows, channels]` and the weights α, `[rows, regions]`.
  package func callAsFunction(
    _ regions: Tensor, hidden: Tensor
  ) -> (context: Tensor, weights: Tensor) {
    let (count, channels) = (regions.shape[0], regions.shape[1])
    precondition(
      channels == encoderProjection.inputs && hidden.shape.rank == 2
        && hidden.shape[1] == decoderProjection.inputs,
      "attention of weights \(encoderProjection.weight.shape) and "
        + "\(decoderProjection.weight.shape) on \(regions.shape) and \(hidden.shape)")
    let packed = packed()
    let rows = hidden.shape[0]
    let keys = encoderProjection(regions)
    var query = [Float](repeating: 0, count: rows * packed.size)
    var (context, weights) = (Tensor([rows, channels]), Tensor([rows, count]))
    regions.elements.withUnsafeBufferPointer { regions in
      keys.elements.withUnsafeBufferPointer { keys in
        hidden.elements.withUnsafeBufferPointer { hidden in
          query.withUnsafeMutableBufferPointer { query in
            weights.elements.withUnsafeMutableBufferPointer { weights in
              context.elements.withUnsafeMutableBufferPointer { context in
                guard let regions = regions.baseAddress, let keys = keys.baseAddress,
                  let hidden = hidden.baseAddress, let query = query.baseAddress,
                  let weights = weights.baseAddress, let context = context.baseAddress
                else { return }
                packed(
                  regions: regions, keys: keys, count: count, hidden: hidden, rows: rows,
                  query: query, weights: weights, context: context, contextStride: channels)
              }
            }
          }
        }
      }
    }
    return (context, weights)
  }
}

extension AdditiveAttention: Trainable {
  package mutating func visitParameters(_ visit: ParameterVisitor) {
    visit("encoder_att", &encoderProjection)
    visit("decoder_att", &decoderProjection)
    visit("full_att", &score)
  }
}

/// Additive attention arranged for inference: the regions are projected once an image, and each
/// step takes one product and one pass over the projected regions a row.
package struct PackedAttention: Sendable {
  package let channels: Int
  package let size: Int
  private let activation: VectorMath.AttentionActivation
  private let encoderProjection: PackedMatrix
  private let decoderProjection: PackedMatrix
  /// v, without its bias: a constant added to every score leaves the softmax as it is.
  private let score: [Float]

  fileprivate init(_ attention: AdditiveAttention) {
    channels = attention.encoderProjection.inputs
    size = attention.encoderProjection.outputs
    activation = attention.activation
    encoderProjection = attention.encoderProjection.packed()
    decoderProjection = attention.decoderProjection.packed()
    score = attention.score.weight.elements
  }

  /// keys = W_a a + b, once an image.
  ///
  /// - Parameters:
  ///   - regions: `[count, channels]`
  ///   - keys: `[count, size]`
  package func project(
    _ regions: UnsafePointer<Float>, count: Int, keys: UnsafeMutablePointer<Float>,
    threads: Int = 1
  ) {
    encoderProjection(regions, rows: count, into: keys, threads: threads)
  }

  /// One step of several rows that look at the same image.
  ///
  /// - Parameters:
  ///   - regions: `[count, channels]`
  ///   - keys: `[count, size]`, from `project`.
  ///   - hidden: `[rows, hidden]`, rows `hiddenStride` floats apart.
  ///   - query: scratch of `rows · size` floats.
  ///   - weights: `[rows, count]`, receives α.
  ///   - context: `[rows, channels]`, rows `contextStride` floats apart.
  package func callAsFunction(
    regions: UnsafePointer<Float>, keys: UnsafePointer<Float>, count: Int,
    hidden: UnsafePointer<Float>, hiddenStride: Int? = nil, rows: Int,
    query: UnsafeMutablePointer<Float>, weights: UnsafeMutablePointer<Float>,
    context: UnsafeMutablePointer<Float>, contextStride: Int, threads: Int = 1
  ) {
    decoderProjection(
      hidden, rows: rows, inputStride: hiddenStride, into: query, threads: threads)
    score.withUnsafeBufferPointer { score in
      guard let score = score.baseAddress else { return }
      for row in 0..<rows {
        let weights = weights + row * count
        VectorMath.attentionScores(
          keys: keys, rows: count, size: size, query: query + row * size, weights: score,
          activation: activation, into: weights)
        VectorMath.softmax(weights, count: count, into: weights)
        VectorMath.weightedSum(
          values: regions, rows: count, size: channels, weights: weights,
          into: context + row * contextStride)
      }
    }
  }
}
