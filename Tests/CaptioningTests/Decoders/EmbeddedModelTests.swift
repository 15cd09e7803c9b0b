import Captioning
import Foundation
import Language
import Tensors
import TestSupport
import Testing

/// The bundled decoder against the golden numbers that PyTorch made with the same weights.
@Suite struct EmbeddedModelTests {
  struct Configuration: Decodable {
    let decoder: DecoderConfiguration
    let vocabulary: VocabularyConfiguration
    let decoding: DecodingOptions
  }

  struct Golden: Decodable {
    let tokens: [Int]
    let text: String
    let score: Double
  }

  let configuration: Configuration
  let vocabulary: Vocabulary
  let decoder: any CaptionDecoder

  init() throws {
    let folder = projectFolder.appending(path: "data/models/embedded")
    configuration = try JSONDecoder().decode(
      Configuration.self, from: Data(contentsOf: folder.appending(path: "config.json")))
    vocabulary = try Vocabulary(
      path: folder.appending(path: configuration.vocabulary.file).path,
      configuration: configuration.vocabulary)
    let weights = try SafetensorsFile(path: folder.appending(path: "model.safetensors").path)
    decoder = try configuration.decoder.makeDecoder(
      channels: 256, vocabularySize: vocabulary.count,
      startToken: configuration.vocabulary.start, weights: WeightReader(weights)["decoder"])
  }

  static let photos = ["astronaut", "chelsea", "china"]

  /// The stored map `[channels, height, width]` as regions, and the tensors beside it.
  func golden(_ photo: String) throws -> (features: ImageFeatures, tensors: SafetensorsFile) {
    let tensors = try SafetensorsFile(path: reference("embedded/\(photo)/tensors.safetensors").path)
    let map = try tensors.tensor("map")
    let (channels, height, width) = (map.shape[0], map.shape[1], map.shape[2])
    let count = height * width
    let regions = Tensor(
      [count, channels],
      (0..<count).flatMap { p in (0..<channels).map { map.elements[$0 * count + p] } })
    let pooled = Tensor([channels], [Float](repeating: 0, count: channels))
    let features = ImageFeatures(
      regions: regions, gridHeight: height, gridWidth: width, pooled: pooled)
    return (features, tensors)
  }

  @Test(arguments: photos)
  func `captions at beam 1, 3 and 5 are PyTorch's`(photo: String) throws {
    let (features, _) = try golden(photo)
    let file = try Data(contentsOf: reference("embedded/\(photo)/captions.json"))
    let captions = try #require(JSONSerialization.jsonObject(with: file) as? [String: Any])
    for width in [1, 3, 5] {
      let object = try #require(captions["beam_\(width)"])
      let golden = try JSONDecoder().decode(
        Golden.self, from: JSONSerialization.data(withJSONObject: object))
      var options = configuration.decoding
      options.beamWidth = width
      let rules = try TokenRules(options, vocabulary: vocabulary)
      let found = decoder.captions(
        for: features, options: options, rules: rules,
        state: decoder.makeState(rows: options.rows, threads: 1))
      #expect(found.first?.tokens == golden.tokens)
      #expect(vocabulary.words(of: golden.tokens).joined(separator: " ") == golden.text)
      #expect(abs(Double(found.first?.score ?? 0) - golden.score) < 1e-5)
      if width == 5 {
        let total = try #require(captions["log_probability"] as? Double)
        #expect(abs(Double(found.first?.logProbability ?? 0) - total) < 1e-4)
      }
    }
  }

  @Test(arguments: photos)
  func `logits and attention of each step are PyTorch's`(photo: String) throws {
    let (features, tensors) = try golden(photo)
    let file = try Data(contentsOf: reference("embedded/\(photo)/captions.json"))
    let captions = try #require(JSONSerialization.jsonObject(with: file) as? [String: Any])
    let tokens = try #require((captions["beam_5"] as? [String: Any])?["tokens"] as? [Int])
    let state = decoder.makeState(rows: 1, threads: 1)
    decoder.start(features, in: state)
    var (logits, attention) = (Array(state.logits), Array(state.attention))
    for token in tokens {
      decoder.advance(parents: [0], tokens: [token], in: state)
      logits += state.logits
      attention += state.attention
    }
    let (goldenLogits, goldenAlpha) = (try tensors.tensor("logits"), try tensors.tensor("alpha"))
    #expect(relativeError(logits, goldenLogits.elements) < 1e-5)
    #expect(relativeError(attention, goldenAlpha.elements) < 1e-5)
  }
}
