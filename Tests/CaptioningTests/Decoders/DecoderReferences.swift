import Captioning
import Foundation
import Tensors
import TestSupport
import Testing

/// Decoders with seeded weights and what PyTorch computes with them: `data/references/decoders`,
/// made by Scripts/references/decoders.py.
struct DecoderReferences {
  private struct Listing: Decodable {
    let seed: UInt64
    let regionSeed: UInt64
    let pooledSeed: UInt64
    let channels: Int
    let regions: Int
    let vocabulary: Int
    let start: Int
    let tokens: [Int]
    let decoders: [String: DecoderConfiguration]

    enum CodingKeys: String, CodingKey {
      case seed, channels, regions, vocabulary, start, tokens, decoders
      case regionSeed = "region_seed"
      case pooledSeed = "pooled_seed"
    }
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
      regions: randomTensor([listing.regions, listing.channels], seed: listing.regionSeed),
      gridHeight: 2, gridWidth: listing.regions / 2,
      pooled: randomTensor([listing.channels], seed: listing.pooledSeed))
  }

  func decoder(_ name: String) throws -> any CaptionDecoder {
    guard let configuration = listing.decoders[name] else { throw CocoaError(.fileNoSuchFile) }
    return try configuration.makeDecoder(
      channels: listing.channels, vocabularySize: listing.vocabulary, startToken: listing.start,
      weights: WeightReader(SeededWeights(seed: listing.seed)))
  }

  /// Expects that a decoder's logits of 20 steps are PyTorch's, `[20, vocabulary]`.
  ///
  /// - Returns: where it looked, and where PyTorch's did, `[20, regions]`.
  func expectSteps(of name: String) throws -> (found: [Float], expected: () throws -> [Float]) {
    let decoder = try decoder(name)
    let (logits, attention) = decoder.forced(
      features, tokens: tokens, state: decoder.makeState(rows: 1, threads: 1))
    #expect(logits.count == 20 * decoder.vocabularySize)
    #expect(relativeError(logits, try tensors.tensor(name + "/logits").elements) < 1e-5)
    return (attention, { try tensors.tensor(name + "/alpha").elements })
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
