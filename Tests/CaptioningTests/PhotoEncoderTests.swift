import Captioning
import Foundation
import Imaging
import NeuralNet
import Tensors
import TestSupport
import Testing

struct PhotoEncoderTests {
  private let bytes: [UInt8]
  private let bundle: ModelBundle

  init() throws {
    bytes = [UInt8](
      try Data(contentsOf: projectFolder.appending(path: "data/samples/chelsea.png")))
    bundle = try ModelBundle(folder: projectFolder.appending(path: "data/models/embedded").path)
  }

  @Test func `a captioner's embedding is what its encoder makes of the photo`() throws {
    let encoder = try PhotoEncoder(EncoderSource(bundle), outputs: [.embedding])
    let embedding = try encoder.encode(bytes: bytes, name: "chelsea.png").embedding
    let caption = try Captioner(bundle, threads: 1).caption(bytes: bytes, name: "chelsea.png")
    #expect(embedding?.elements == caption.embedding)
  }

  @Test func `threads share an encoder, and each gets what is of its own photo`() throws {
    let encoder = try PhotoEncoder(EncoderSource(bundle), outputs: [.map, .embedding])
    let photo = try encoder.decode(bytes: bytes, name: "chelsea.png").image
    let photos = [photo, photo.oriented(.mirrored)]
    let expected = try photos.map { try encoder.encode($0).embedding?.elements }
    #expect(expected[0] != expected[1])
    let found = try parallelMap(Array(0..<12), threads: 4) { index in
      Result { try encoder.encode(photos[index % 2]).embedding?.elements }
    }.map { try $0.get() }
    #expect(found == (0..<12).map { expected[$0 % 2] })
  }

  @Test func `a network of grey images gets grey images`() throws {
    let configuration = try EncoderConfiguration.named("lenet5")
    let encoder = try PhotoEncoder(
      EncoderSource(
        configuration, WeightReader(SeededWeights(seed: 1)), configuration.preprocessing),
      outputs: [.logits])
    #expect(encoder.encoder.imageChannels == 1)
    let image = try encoder.encode(bytes: bytes, name: "chelsea.png")
    #expect(image.logits?.shape.count == encoder.encoder.classCount)
    #expect(image.map == nil && image.embedding == nil)
  }

  @Test func `what is no photo is named`() throws {
    let encoder = try PhotoEncoder(EncoderSource(bundle), outputs: [.embedding])
    #expect(throws: ImagingError.unrecognized(path: "x")) {
      try encoder.encode(bytes: [1, 2, 3], name: "x")
    }
  }
}
