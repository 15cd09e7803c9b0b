import Captioning
import Foundation
import Imaging
import Language
import NeuralNet
import Tensors
import TestSupport
import Testing

/// The bundled model against data/references/embedded: `tensors.safetensors` holds the input, the
/// feature map, the logits and the attention of each step of the best caption; `captions.json` the
/// captions of beam 1, 3 and 5.
@Suite struct CaptionerTests {
  private static let photos = [
    "astronaut.png", "chelsea.png", "china.jpg", "coffee.png", "flower.jpg", "rocket.jpg",
  ]
  private static let photosWithTensors = ["astronaut", "chelsea", "china"]

  private let bundle: ModelBundle

  init() throws {
    bundle = try ModelBundle(folder: projectFolder.appending(path: "data/models/embedded").path)
  }

  private func name(_ photo: String) -> String {
    String(photo.prefix { $0 != "." })
  }

  @Test(arguments: photosWithTensors)
  func `map, logits and captions from the stored input are PyTorch's`(photo: String) throws {
    let golden = try EmbeddedReference(photo)
    let tensors = try SafetensorsFile(path: reference("embedded/\(photo)/tensors.safetensors").path)
    let weights = WeightReader(bundle.weights)
    let encoder = try ImageEncoder(
      configuration: bundle.configuration.encoder, weights: weights["encoder"],
      outputs: [.map, .embedding])
    let input = try tensors.tensor("input", shape: [3, 224, 224]).reshaped([1, 3, 224, 224])
    let features = try encoder.features(of: input, scratch: encoder.makeScratch())[0]
    // The reference's map is [channels, height, width].
    let map = try tensors.tensor("map", shape: [1280, 7, 7]).elements
    let channelsLast = (0..<49).flatMap { region in (0..<1280).map { map[$0 * 49 + region] } }
    #expect(relativeError(features.regions.elements, channelsLast) <= 1e-5)

    let decoder = try bundle.configuration.decoder.makeDecoder(
      channels: 1280, vocabularySize: bundle.vocabulary.count,
      startToken: bundle.configuration.vocabulary.start, weights: weights["decoder"])
    let state = decoder.makeState(rows: 1, threads: 1)
    decoder.start(features, in: state)
    var logits = Array(state.logits)
    var attention = Array(state.attention)
    for token in golden.beam5.tokens {
      decoder.advance(parents: [0], tokens: [token], in: state)
      logits += state.logits
      attention += state.attention
    }
    let steps = golden.beam5.tokens.count + 1
    let expected = try tensors.tensor("logits", shape: [steps, bundle.vocabulary.count])
    #expect(relativeError(logits, expected.elements) <= 1e-5)
    let alpha = try tensors.tensor("alpha", shape: [steps, 49])
    #expect(relativeError(attention, alpha.elements) <= 1e-5)

    for (beam, expected) in [(1, golden.beam1), (3, golden.beam3), (5, golden.beam5)] {
      var options = bundle.configuration.decoding
      options.beamWidth = beam
      let best = try decoder.captions(
        for: features, options: options,
        rules: try TokenRules(options, vocabulary: bundle.vocabulary),
        state: decoder.makeState(rows: beam, threads: 1)
      ).first
      #expect(best?.tokens == expected.tokens)
      #expect(abs(Double(best?.score ?? 0) - expected.score) < 1e-5)
    }
  }

  @Test(arguments: photos)
  func `the photo itself gives PyTorch's captions at beam 1, 3 and 5`(photo: String) throws {
    let golden = try EmbeddedReference(name(photo))
    // PyTorch's search knows nothing of classes.
    let model = try BundledModelCopy { $0["naming"] = nil }
    let captioner = try Captioner(ModelBundle(folder: model.path), threads: 1)
    for (beam, expected) in [(1, golden.beam1), (3, golden.beam3), (5, golden.beam5)] {
      var options = bundle.configuration.decoding
      options.beamWidth = beam
      let caption = try captioner.caption(
        path: projectFolder.appending(path: "data/samples/\(photo)").path, options: options)
      #expect(caption.words.map(\.word).joined(separator: " ") == expected.text)
      let average = Double(caption.logProbability) / Double(expected.tokens.count + 1)
      #expect(abs(average - expected.score) <= 1e-3)
      if beam == 5 {
        #expect(abs(Double(caption.logProbability) - golden.logProbability) <= 0.02)
      }
    }
  }

  @Test(arguments: photos)
  func `the resized photo is Pillow's within one grey level`(photo: String) throws {
    let image = try ImageDecoder.decode(
      path: projectFolder.appending(path: "data/samples/\(photo)").path,
      minimumSize: ImagePreprocessor(bundle.configuration.preprocessing).minimumSize)
    let resized = image.resized(to: ImageSize(width: 224, height: 224), filter: .bilinear)
    let expected = try ImageDecoder.decode(
      path: reference("embedded/\(name(photo))/resized.png").path)
    let worst = zip(resized.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }.max()
    #expect(worst ?? 255 <= 1)
  }

  @Test func `a caption's attention covers every region for every word`() throws {
    let caption = try Captioner(bundle, threads: 1).caption(
      path: projectFolder.appending(path: "data/samples/china.jpg").path)
    #expect(caption.grid == (7, 7))
    #expect(caption.attention.count == caption.words.count)
    for weights in caption.attention {
      #expect(weights.count == 49)
      #expect(abs(weights.reduce(0, +) - 1) < 1e-5)
    }
  }

  @Test func `one captioner serves many threads, with the same result as one`() async throws {
    let captioner = try Captioner(bundle, threads: 1)
    let paths = Self.photos.map { projectFolder.appending(path: "data/samples/\($0)").path }
    let expected = try paths.map { try captioner.caption(path: $0).sentence }
    let found = try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for index in 0..<24 {
        group.addTask { (index, try captioner.caption(path: paths[index % paths.count]).sentence) }
      }
      return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
    }
    for index in 0..<24 { #expect(found[index] == expected[index % paths.count]) }
  }

  @Test func `an encoder of grey images sees a photo's luminance`() throws {
    let folder = try TemporaryFolder()
    let words = (0..<4).map { "word\($0)" }
    let weights = RecordingWeights()
    let encoder = try ImageEncoder(
      configuration: .named("lenet5"), weights: WeightReader(weights)["encoder"])
    var decoder = DecoderConfiguration(attention: 3, embedding: 4, hidden: 5)
    decoder.gate = false
    _ = try decoder.makeDecoder(
      channels: encoder.mapChannels, vocabularySize: words.count, startToken: 0,
      weights: WeightReader(weights)["decoder"])
    try writeSafetensors(weights.tensors, to: folder.path + "/model.safetensors")
    try words.joined(separator: "\n").write(
      toFile: folder.path + "/words.txt", atomically: true, encoding: .utf8)
    try """
    {"format": 1, "name": "grey", "kind": "captioner", "encoder": {"architecture": "lenet5"},
     "preprocessing": {"width": 32, "height": 32, "geometry": "stretch", "resample": "bilinear",
       "antialias": true, "color": "rgb", "scale": 0.00392, "mean": [0, 0, 0], "std": [1, 1, 1]},
     "decoder": {"architecture": "attention", "attention": 3, "embedding": 4, "hidden": 5,
       "gate": false},
     "vocabulary": {"file": "words.txt", "size": 4, "start": 0, "end": 1},
     "decoding": {"minimum_length": 1, "never_emit": ["word0"]}}
    """.write(toFile: folder.path + "/config.json", atomically: true, encoding: .utf8)

    let captioner = try Captioner(ModelBundle(folder: folder.path), threads: 1)
    let color: [UInt8] = [200, 100, 50]
    let grey = UInt8(0.299 * 200 + 0.587 * 100 + 0.114 * 50)
    func caption(_ pixel: [UInt8]) throws -> Caption {
      try captioner.caption(
        RGBImage(width: 32, height: 32, pixels: (0..<1024).flatMap { _ in pixel }))
    }
    let (colored, level) = (try caption(color), try caption([grey, grey, grey]))
    #expect(colored.grid == (5, 5))
    #expect(abs(colored.logProbability - level.logProbability) < 1e-3)
    #expect(try caption([0, 0, 0]).logProbability != level.logProbability)
  }

  /// The README's example, word for word.
  @Test func `five lines of Swift caption a photo`() throws {
    let readme = try String(
      contentsOf: projectFolder.appending(path: "README.md"), encoding: .utf8)
    let example = """
      let captioner = try Captioner()
      let caption = try captioner.caption(path: "data/samples/chelsea.png")
      print(caption.sentence, caption.words.map(\\.logProbability))
      """
    #expect(readme.contains(example))

    let captioner = try Captioner()
    let caption = try captioner.caption(path: "data/samples/chelsea.png")
    print(caption.sentence, caption.words.map(\.logProbability))
    #expect(try caption.sentence == EmbeddedReference("chelsea").beam5.sentence)
  }
}
