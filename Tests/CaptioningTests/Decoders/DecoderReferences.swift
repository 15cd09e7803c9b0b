import Captioning
import Foundation
import Tensors
import TestSupport

/// Decoders with seeded weights and what PyTorch computes with them: `data/references/decoders`,
/// made by Scripts/references/decoders.py.
struct DecoderReferences {
  private struct Listing: Decodable {
    let seed, region_seed, pooled_seed: UInt64
    let channels, regions, vocabulary, start: Int
    let tokens: [Int]
    let decoders: [String: DecoderConfiguration]
  }

  let features: ImageFeatures
  /// What is read after the start token.
  let tokens: [Int]
  private let listing: Listing
  private let tensors: SafetensorsFile

  init() throws {
    listing = try JSONDecoder().decode(
      Listing.self, from: Data(contentsOf: reference("decoders/decoders.json")))
    tensors = try SafetensorsFile(path: reference("decoders/decoders.safetensors").path)
    tokens = listing.tokens
    features = ImageFeatures(
      regions: randomTensor([listing.regions, listing.channels], seed: listing.region_seed),
      gridHeight: 2, gridWidth: listing.regions / 2,
      pooled: randomTensor([listing.channels], seed: listing.pooled_seed))
  }

  func decoder(_ name: String) throws -> any CaptionDecoder {
    guard let configuration = listing.decoders[name] else { throw CocoaError(.fileNoSuchFile) }
    return try configuration.makeDecoder(
      channels: listing.channels, vocabularySize: listing.vocabulary, startToken: listing.start,
      weights: WeightReader(SeededWeights(seed: listing.seed)))
  }

  /// `[20, vocabulary]`
  func logits(_ name: String) throws -> [Float] {
    try tensors.tensor(name + "/logits").elements
  }

  /// `[20, regions]`
  func attention(_ name: String) throws -> [Float] {
    try tensors.tensor(name + "/alpha").elements
  }
}

extension CaptionDecoder {
  /// The logits and the attention of each step, when the decoder reads the given tokens.
  func forced(
    _ features: ImageFeatures, tokens: [Int], state: DecoderState
  ) -> (logits: [Float], attention: [Float]) {
    start(features, in: state)
    var (logits, attention) = (Array(state.logits), Array(state.attention))
    for token in tokens {
      advance(parents: [0], tokens: [token], in: state)
      logits += state.logits
      attention += state.attention
    }
    return (logits, attention)
  }
}
