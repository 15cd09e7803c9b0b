internal import Tensors

/// A decoder at one image, as a search sees it.
package struct DecoderStepModel: StepModel {
  private let decoder: any CaptionDecoder
  private let features: ImageFeatures
  private let state: DecoderState
  /// Whether all logits so far were finite. A search passes by those that are not.
  package private(set) var isFinite = true

  package var vocabularySize: Int { decoder.vocabularySize }

  /// - Parameter state: made by the decoder, with as many rows as the search keeps alive.
  package init(_ decoder: any CaptionDecoder, _ features: ImageFeatures, state: DecoderState) {
    self.decoder = decoder
    self.features = features
    self.state = state
  }

  package mutating func start(into rows: inout StepRows) {
    decoder.start(features, in: state)
    read(into: &rows)
  }

  package mutating func advance(parents: [Int], tokens: [Int], into rows: inout StepRows) {
    decoder.advance(parents: parents, tokens: tokens, in: state)
    read(into: &rows)
  }

  private mutating func read(into rows: inout StepRows) {
    rows.attention = Array(state.attention)
    let logits = state.logits
    let size = vocabularySize
    if let first = logits.baseAddress, !VectorMath.areFinite(first, count: logits.count) {
      isFinite = false
    }
    rows.logProbabilities = [Float](unsafeUninitializedCapacity: logits.count) { target, count in
      count = logits.count
      guard let from = logits.baseAddress, let to = target.baseAddress else { return }
      for first in stride(from: 0, to: count, by: size) {
        VectorMath.logSoftmax(from + first, count: size, into: to + first)
      }
    }
  }
}

extension CaptionDecoder {
  /// Captions for an image, best first: drawn at random if the options say so, else by beam search.
  ///
  /// - Parameter state: made by this decoder with at least `options.rows` rows.
  /// - Throws: `CaptioningError.notFinite`.
  /// - Precondition: the options are valid.
  package func captions(
    for features: ImageFeatures, options: DecodingOptions, rules: TokenRules, state: DecoderState
  ) throws -> [Hypothesis] {
    var model = DecoderStepModel(self, features, state: state)
    let captions =
      options.isSampling
      ? Sampler(options, rules: rules)(&model) : BeamSearch(options, rules: rules)(&model)
    guard model.isFinite else { throw CaptioningError.notFinite(weights: path) }
    return captions
  }
}
