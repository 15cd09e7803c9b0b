import Captioning
import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct EncoderConfigurationTests {
  private let weights = WeightReader(SeededWeights(seed: 1))

  private func decode(_ json: String) throws -> EncoderConfiguration {
    try JSONDecoder().decode(EncoderConfiguration.self, from: Data(json.utf8))
  }

  @Test func `a bundle's dictionary gives a residual network of its depth and width`() throws {
    let configuration = try decode(
      """
      {"architecture": "resnet", "block": "bottleneck", "layers": [1, 2, 1], "width": 8,
       "channels": 128, "output": "map", "batch_norm_epsilon": 0.001}
      """)
    #expect(configuration.batchNormalizationEpsilon == 1e-3)
    #expect(configuration.output == .map)
    #expect(configuration.summary == "resnet of bottleneck blocks 1-2-1, width 8")
    let encoder = try ImageEncoder(configuration: configuration, weights: weights)
    let features = try encoder.features(
      of: randomTensor([1, 3, 64, 48], seed: 2), scratch: encoder.makeScratch())
    #expect(features[0].regions.shape == [4 * 3, 128])
    #expect(features[0].gridHeight == 4 && features[0].gridWidth == 3)
    #expect(features[0].pooled.shape == [128])
    #expect(encoder.classCount == 1000)
    #expect(
      try JSONDecoder().decode(
        EncoderConfiguration.self, from: JSONEncoder().encode(configuration)) == configuration)
  }

  @Test func `basic blocks of a residual network are torchvision's, whichever way it is named`()
    throws
  {
    var configuration = try decode(
      #"{"architecture": "resnet", "block": "basic", "layers": [2, 2, 2, 2], "width": 8}"#)
    let spelled = try ImageEncoder(configuration: configuration, weights: weights)
    configuration = try .named("resnet18")
    configuration.width = 8
    let named = try ImageEncoder(configuration: configuration, weights: weights)
    let image = randomTensor([1, 3, 32, 32], seed: 3)
    let maps = try [spelled, named].map {
      try $0.encode(image, outputs: [.map], scratch: $0.makeScratch())[0].map
    }
    #expect(maps[0] != nil && maps[0] == maps[1])
  }

  @Test func `every name makes an encoder configuration, and others say which names there are`()
    throws
  {
    #expect(EncoderConfiguration.names.count == 23)
    for name in EncoderConfiguration.names {
      let configuration = try EncoderConfiguration.named(name)
      #expect(configuration.architecture == name && configuration.summary == name)
      #expect(configuration.resizedSide >= configuration.imageSide)
    }
    #expect(try EncoderConfiguration.named("inception_v3").imageSide == 299)
    #expect(try EncoderConfiguration.named("lenet5").imageSide == 32)
    #expect {
      try EncoderConfiguration.named("resnet19")
    } throws: { error in
      let sentence = String(describing: error)
      return sentence.contains("“resnet19”") && sentence.contains("resnet18")
    }
  }

  @Test(
    "what makes no network is refused, naming the key",
    arguments: [
      (#"{"architecture": "transformer"}"#, "encoder.architecture"),
      (#"{"architecture": "resnet"}"#, "encoder.block"),
      (#"{"architecture": "resnet", "block": "wide", "layers": [1]}"#, "encoder.block"),
      (#"{"architecture": "resnet", "block": "basic"}"#, "encoder.layers"),
      (#"{"architecture": "resnet", "block": "basic", "layers": []}"#, "encoder.layers"),
      (#"{"architecture": "resnet", "block": "basic", "layers": [2, 0]}"#, "encoder.layers"),
      (
        #"{"architecture": "resnet", "block": "basic", "layers": [9223372036854775807]}"#,
        "encoder.layers"
      ),
      (
        #"{"architecture": "resnet", "block": "basic", "layers": [1,1,1,1,1,1,1,1,1]}"#,
        "encoder.layers"
      ),
      (
        #"{"architecture": "resnet", "block": "basic", "layers": [1], "width": 0}"#,
        "encoder.width"
      ),
      (#"{"architecture": "resnet18", "width": 99999999}"#, "encoder.width"),
      (#"{"architecture": "resnet18", "channels": 256}"#, "encoder.channels"),
      (#"{"architecture": "lenet5", "transform_input": true}"#, "encoder.transform_input"),
    ])
  func refused(json: String, key: String) throws {
    let configuration = try decode(json)
    #expect {
      try ImageEncoder(configuration: configuration, weights: weights)
    } throws: { error in
      guard case CaptioningError.configuration(key, _) = error else { return false }
      return true
    }
  }

  @Test(
    "images that are too small are refused with the least size",
    arguments: [
      ("alexnet", 63, 63), ("inception_v3", 75, 75), ("squeezenet1_1", 17, 17), ("vgg11", 32, 32),
    ])
  func tooSmall(name: String, height: Int, width: Int) throws {
    // Without classifier and embedding, to be quick.
    let encoder = try ImageEncoder(
      configuration: .named(name), weights: weights, outputs: [.map])
    let scratch = encoder.makeScratch()
    #expect(
      throws: NetworkError.tooSmall(
        height: height - 1, width: 400, minimumHeight: height, minimumWidth: width)
    ) {
      try encoder.encode(Tensor([1, 3, height - 1, 400]), outputs: [.map], scratch: scratch)
    }
    let least = try encoder.encode(
      Tensor([1, 3, height, width]), outputs: [.map], scratch: scratch)
    #expect(least[0].map?.shape.rank == 2)
  }

  @Test func `LeNet-5 takes grey images of 32×32`() throws {
    let encoder = try ImageEncoder(configuration: .named("lenet5"), weights: weights)
    #expect(encoder.imageChannels == 1 && encoder.classCount == 10)
    #expect {
      try encoder.encode(
        Tensor([1, 1, 64, 64]), outputs: [.logits], scratch: encoder.makeScratch())
    } throws: {
      String(describing: $0)
        == "the image encoder takes images of 32×32 pixels only, got 64×64"
    }
  }

  @Test func `without a classifier in the weights there are no logits`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/lenet.safetensors"
    let seeded = SeededWeights(seed: 4)
    let shapes: [String: Shape] = [
      "conv1.weight": [6, 1, 5, 5], "conv1.bias": [6], "conv2.weight": [16, 6, 5, 5],
      "conv2.bias": [16],
    ]
    try writeSafetensors(
      Dictionary(
        uniqueKeysWithValues: shapes.map { ($0, seeded.tensor($0, shape: $1)) }), to: path)
    let encoder = try ImageEncoder(
      configuration: .named("lenet5"), weights: WeightReader(SafetensorsFile(path: path)))
    #expect(encoder.classCount == nil)
    #expect(encoder.embeddingCount == 16)
  }
}
