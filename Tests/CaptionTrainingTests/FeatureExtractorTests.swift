import CaptionTraining
import Captioning
import Foundation
import Imaging
import Tensors
import TestSupport
import Testing

@Suite struct FeatureExtractorTests {
  private static let bundle = Result {
    try ModelBundle(folder: projectFolder.appending(path: "data/models/embedded").path)
  }

  /// The bundled encoder's parameters, one of them changed.
  private struct Changed: WeightSource {
    let source: any WeightSource
    var name = ""
    var addition: Float = 0

    func shape(of name: String) -> Shape? { source.shape(of: name) }
    func contains(_ name: String) -> Bool { source.contains(name) }
    func tensor(_ name: String, shape: Shape) throws -> Tensor {
      var tensor = try source.tensor(name, shape: shape)
      if name == self.name { tensor.elements[0] += addition }
      return tensor
    }
  }

  private func extractor(
    _ source: any WeightSource, _ prefix: String = "encoder", mean: Double? = nil,
    output: EncoderOutput = .map, isMirrored: Bool = false
  ) throws -> FeatureExtractor {
    let configuration = try Self.bundle.get().configuration
    var preprocessing = configuration.preprocessing
    if let mean { preprocessing.mean[0] = mean }
    let reader = WeightReader(source)
    return try FeatureExtractor(
      EncoderSource(
        configuration.encoder, prefix.isEmpty ? reader : reader[prefix], preprocessing),
      output: output, isMirrored: isMirrored)
  }

  @Test func `equal parameters are the same encoder, whatever else their file holds`() throws {
    let bundle = try Self.bundle.get()
    var alone: [String: Tensor] = [:]
    for name in bundle.weights.entries.keys where name.hasPrefix("encoder.") {
      alone[String(name.dropFirst("encoder.".count))] = try bundle.weights.tensor(name)
    }
    let folder = try TemporaryFolder()
    try writeSafetensors(alone, to: folder.path + "/encoder.safetensors")
    let file = try SafetensorsFile(path: folder.path + "/encoder.safetensors")
    let own = try FeatureExtractor(EncoderSource(bundle), output: .map)
    #expect(try extractor(file, "").identity == own.identity)
    let decoder = Changed(
      source: bundle.weights, name: "decoder.embedding.weight", addition: 1)
    #expect(try extractor(decoder).identity == own.identity)
  }

  @Test func `another parameter, preprocessing or output is another encoder`() throws {
    let weights = try Self.bundle.get().weights
    let others = try [
      extractor(weights), extractor(weights, mean: 127.1), extractor(weights, output: .embedding),
      extractor(Changed(source: weights, name: "encoder._conv_stem.weight", addition: 1e-3)),
      extractor(weights, isMirrored: true),
    ]
    #expect(Set(others.map(\.identity)).count == 5)
  }

  @Test func `the shape of features is known beforehand`() throws {
    let weights = try Self.bundle.get().weights
    let map = try extractor(weights)
    #expect(map.grid == (7, 7) && map.regions == 49 && map.channels == 1280)
    let embedding = try extractor(weights, output: .embedding)
    #expect(embedding.grid == (1, 1) && embedding.channels == 1280)
  }
}
