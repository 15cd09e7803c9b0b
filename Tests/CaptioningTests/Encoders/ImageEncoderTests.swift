import Captioning
import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

/// Seeded weights with all variances of batch normalisation multiplied.
private struct ScaledVariances: WeightSource {
  let weights: SeededWeights
  let factor: Float

  func shape(of name: String) -> Shape? { weights.shape(of: name) }

  func contains(_ name: String) -> Bool { weights.contains(name) }

  func tensor(_ name: String, shape: Shape) -> Tensor {
    var tensor = weights.tensor(name, shape: shape)
    if name.hasSuffix("running_var") { tensor.elements = tensor.elements.map { $0 * factor } }
    return tensor
  }
}

/// Golden numbers come from Scripts/references/encoders.py, which gives torchvision's networks, and
/// EfficientNet-Lite as PyTorch has it, the same seeded weights and images.
@Suite(.serialized) struct ImageEncoderTests {
  private static let seed: UInt64 = 20_140_904
  private static let imageSeed: UInt64 = 5

  private static func encoder(
    _ name: String, transformInput: Bool = false
  ) throws -> ImageEncoder {
    var configuration = try EncoderConfiguration.named(name)
    configuration.transformInput = transformInput
    // The script's VARIANCE_FACTORS.
    let factor: Float =
      name == "mobilenet_v2" ? 1.5 : name.hasPrefix("efficientnet_lite") ? 1.6 : 1
    let weights = ScaledVariances(weights: SeededWeights(seed: seed), factor: factor)
    // Arranged for the usual size, as in use; other sizes must come out right all the same.
    let side = configuration.imageSide
    return try ImageEncoder(
      configuration: configuration, weights: WeightReader(weights), expectedImage: (side, side))
  }

  /// At most 1024 evenly spaced elements, as the script picks them.
  private func sample(_ elements: [Float]) -> [Float] {
    let count = min(1024, elements.count)
    return (0..<count).map { elements[$0 * elements.count / count] }
  }

  /// `[regions, channels]` in the order of `[channels, regions]`.
  private func channelsFirst(_ map: Tensor) -> [Float] {
    let (regions, channels) = (map.shape[0], map.shape[1])
    return (0..<map.shape.count).map {
      map.elements[$0 % regions * channels + $0 / regions]
    }
  }

  @Test(
    "map, embedding and logits are PyTorch's, at the usual and at an odd size",
    arguments: EncoderConfiguration.names + [
      "googlenet-transform_input", "inception_v3-transform_input",
    ])
  func parity(file: String) throws {
    let golden = try SafetensorsFile(path: reference("encoders/\(file).safetensors").path)
    let parts = file.split(separator: "-")
    let encoder = try Self.encoder(String(parts[0]), transformInput: parts.count > 1)
    let scratch = encoder.makeScratch(threads: 2)
    let sizes = Set(golden.entries.keys.map { $0.prefix { $0 != "/" } })
    #expect(sizes.count == (file == "lenet5" ? 1 : 2))
    for size in sizes {
      func expected(_ name: String) throws -> [Float] {
        let shape = try #require(golden.shape(of: "\(size)/\(name)"))
        return try golden.tensor("\(size)/\(name)", shape: shape).elements
      }
      let extents = size.split(separator: "x").compactMap { Int($0) }
      let image = randomTensor(
        [1, encoder.imageChannels, extents[0], extents[1]], seed: Self.imageSeed)
      let encoded = try encoder.encode(
        image, outputs: Set(EncoderOutput.allCases), scratch: scratch)
      let result = try #require(encoded.first)
      let map = try #require(result.map)
      let embedding = try #require(result.embedding)
      let logits = try #require(result.logits)

      #expect(try [Float(result.gridHeight), Float(result.gridWidth)] == expected("grid"))
      #expect(map.shape == [result.gridHeight * result.gridWidth, encoder.mapChannels])
      #expect(embedding.shape == [try #require(encoder.embeddingCount)])
      #expect(logits.shape == [try #require(encoder.classCount)])
      let norm = map.elements.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      for (name, values) in [
        ("map", sample(channelsFirst(map))), ("norm", [Float(norm)]),
        ("embedding", sample(embedding.elements)), ("logits", logits.elements),
      ] {
        let error = relativeError(values, try expected(name))
        #expect(error <= 1e-5, "\(size) \(name): \(error)")
      }
    }
  }

  @Test(
    "eight images together on two threads give what each gives alone",
    arguments: [
      "resnet18", "googlenet", "mobilenet_v2", "squeezenet1_1", "alexnet", "lenet5",
      "efficientnet_lite0",
    ])
  func batch(name: String) throws {
    let encoder = try Self.encoder(name)
    let side = name == "lenet5" ? 32 : 96
    let channels = encoder.imageChannels
    let images = randomTensor([8, channels, side, side], seed: 7)
    let outputs: Set<EncoderOutput> = [.map, .embedding, .logits]
    let together = try encoder.encode(
      images, outputs: outputs, scratch: encoder.makeScratch(threads: 2))
    #expect(together.count == 8)
    let scratch = encoder.makeScratch()
    for (index, image) in together.enumerated() {
      let count = channels * side * side
      let alone = try encoder.encode(
        Tensor(
          [1, channels, side, side], Array(images.elements[(index * count)..<((index + 1) * count)])
        ), outputs: outputs, scratch: scratch)[0]
      #expect(
        relativeError(try #require(image.map).elements, try #require(alone.map).elements) <= 2e-6)
      #expect(
        relativeError(
          try #require(image.embedding).elements, try #require(alone.embedding).elements) <= 2e-6)
      #expect(
        relativeError(try #require(image.logits).elements, try #require(alone.logits).elements)
          <= 2e-6)
    }
  }

  @Test(
    "the bundled model's encoder makes the golden map of the golden input",
    arguments: try FileManager.default.contentsOfDirectory(atPath: reference("embedded").path)
      .filter {
        FileManager.default.fileExists(
          atPath: reference("embedded/\($0)/tensors.safetensors").path)
      })
  func bundled(photo: String) throws {
    struct Bundle: Decodable {
      let encoder: EncoderConfiguration
    }
    let folder = projectFolder.appending(path: "data/models/embedded")
    let bundle = try JSONDecoder().decode(
      Bundle.self, from: Data(contentsOf: folder.appending(path: "config.json")))
    let weights = try SafetensorsFile(path: folder.appending(path: "model.safetensors").path)
    let encoder = try ImageEncoder(
      configuration: bundle.encoder, weights: WeightReader(weights)["encoder"])
    #expect(encoder.classCount == 1000)

    let golden = try SafetensorsFile(path: reference("embedded/\(photo)/tensors.safetensors").path)
    let shape = try #require(golden.shape(of: "input"))
    let input = try golden.tensor("input", shape: shape).reshaped(Shape([1] + shape.extents))
    let map = try golden.tensor("map", shape: try #require(golden.shape(of: "map")))
    let features = try #require(
      try encoder.features(of: input, scratch: encoder.makeScratch()).first)
    #expect([features.gridHeight, features.gridWidth] == Array(map.shape.extents.dropFirst()))
    #expect(relativeError(channelsFirst(features.regions), map.elements) <= 1e-5)
    let regions = features.regions.shape[0]
    let means = (0..<encoder.mapChannels).map { channel in
      map.elements[(channel * regions)..<((channel + 1) * regions)].reduce(0, +) / Float(regions)
    }
    #expect(relativeError(features.pooled.elements, means) <= 1e-5)
  }
}
