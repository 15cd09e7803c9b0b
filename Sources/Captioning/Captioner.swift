internal import Foundation
public import Imaging
internal import Language
internal import NeuralNet
internal import Synchronization
internal import SystemPackage
internal import Tensors

/// Describes photographs in words: one model, ready to run.
///
///     let captioner = try Captioner()
///     let caption = try captioner.caption(path: "photo.jpg")
///     print(caption.sentence)
///
/// A captioner is safe to use from several threads at once; all of them share the weights.
public final class Captioner: Sendable {
  public let bundle: ModelBundle
  private let encoder: ImageEncoder
  /// What each photo's captions need of the encoder.
  private let outputs: Set<EncoderOutput>
  private let preprocessor: ImagePreprocessor
  private let decoder: any CaptionDecoder
  private let threads: Int
  /// Workers that no call uses at the moment.
  private let idle = Mutex<[Worker]>([])

  /// What changes while one image is captioned.
  ///
  /// Unchecked: a worker is used by one call at a time, the one that took it from `idle`.
  private final class Worker: @unchecked Sendable {
    let encoder: NetworkScratch
    var decoder: DecoderState

    init(encoder: NetworkScratch, decoder: DecoderState) {
      self.encoder = encoder
      self.decoder = decoder
    }
  }

  /// - Parameters:
  ///   - bundle: the model.
  ///   - threads: on how many threads one image is captioned; nil for all cores.
  /// - Throws: `WeightError` if the weights do not fit the configuration, `CaptioningError` if the
  ///   configuration contradicts itself.
  public init(_ bundle: ModelBundle, threads: Int? = nil) throws {
    let configuration = bundle.configuration
    let weights = WeightReader(bundle.weights)
    self.bundle = bundle
    self.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    outputs = bundle.nouns == nil ? [.map, .embedding] : [.map, .embedding, .logits]
    encoder = try ImageEncoder(
      configuration: configuration.encoder, weights: weights["encoder"], outputs: outputs,
      expectedImage: (configuration.preprocessing.height, configuration.preprocessing.width))
    try bundle.nouns?.check(classCount: encoder.classCount)
    preprocessor = ImagePreprocessor(configuration.preprocessing)
    let looksAtRegions = configuration.decoder.architecture == .attention
    decoder = try configuration.decoder.makeDecoder(
      channels: looksAtRegions ? encoder.mapChannels : encoder.embeddingCount ?? 0,
      vocabularySize: bundle.vocabulary.count,
      startToken: configuration.vocabulary.start, weights: weights["decoder"])
  }

  /// The model of that name, or in that folder; the bundled one if none is named.
  ///
  /// - Throws: as `ModelBundle.find` and `init(_:threads:)`.
  public convenience init(model: String = ModelBundle.defaultName, threads: Int? = nil) throws {
    try self.init(ModelBundle.find(model), threads: threads)
  }

  /// Describes the photo in a file.
  ///
  /// - Parameter options: how to search; nil for the model's own defaults.
  /// - Throws: `ImagingError` if the file cannot be read as an image; `CaptioningError` where the
  ///   model finds no words, or its numbers are not finite.
  public func caption(path: String, options: DecodingOptions? = nil) throws -> Caption {
    try caption(bytes: ImageDecoder.readAll(FilePath(path), waits: true), name: path, options: options)
  }

  /// Describes the photo in an image file's bytes.
  ///
  /// - Parameter name: what errors call the image.
  /// - Throws: as `caption(path:options:)`.
  public func caption(
    bytes: [UInt8], name: String, options: DecodingOptions? = nil
  ) throws -> Caption {
    let (decoded, milliseconds) = try timed {
      try ImageDecoder.decodeWithFacts(
        bytes: bytes, name: name, minimumSize: preprocessor.minimumSize)
    }
    return try caption(
      decoded.image, name: name, options: options, fullSize: decoded.fullSize,
      format: decoded.format.rawValue, faults: decoded.warnings, decodeMilliseconds: milliseconds)
  }

  /// Describes a photo in memory.
  ///
  /// - Throws: `NetworkError` if the image is too small for the encoder; else as
  ///   `caption(path:options:)`.
  public func caption(_ image: RGBImage, options: DecodingOptions? = nil) throws -> Caption {
    try caption(
      image, name: "the image", options: options, fullSize: image.size, format: nil, faults: 0,
      decodeMilliseconds: 0)
  }

  private func caption(
    _ image: RGBImage, name: String, options: DecodingOptions?, fullSize: ImageSize,
    format: String?, faults: Int, decodeMilliseconds: Double
  ) throws -> Caption {
    let options = options ?? bundle.configuration.decoding
    try options.validate()
    let rules = try TokenRules(options, vocabulary: bundle.vocabulary)
    let worker = takeWorker(rows: bundle.nouns == nil ? options.rows : 2 * options.rows)
    defer { idle.withLock { $0.append(worker) } }
    let (encoded, encodeMilliseconds) = try timed {
      let pixels = preprocessor(image).adapted(toChannels: encoder.imageChannels)
      return try encoder.encode(
        pixels.reshaped(Shape([1] + pixels.shape.extents)), outputs: outputs,
        scratch: worker.encoder)[0]
    }
    guard let features = ImageFeatures(encoded) else {
      preconditionFailure("the encoder's outputs are \(outputs)")
    }
    let (found, captionMilliseconds) = try timed {
      try search(features, encoded.logits, options, rules, worker.decoder)
    }
    // A model that writes its own start token keeps it in its hypothesis, but it is no word.
    guard let best = found.hypotheses.first,
      case let places = best.tokens.indices.filter({ bundle.vocabulary.isWord(best.tokens[$0]) }),
      !places.isEmpty
    else { throw CaptioningError.noWords(photo: name, model: bundle.configuration.name) }
    let words = places.map {
      Caption.Word(
        word: bundle.vocabulary[best.tokens[$0]], logProbability: best.tokenLogProbabilities[$0])
    }
    let likelihood = CaptionLikelihood(
      words: words.map { Double($0.logProbability) }, sentence: Double(best.logProbability))
    return Caption(
      sentence: Sentence(words: words.map(\.word)).text,
      words: words,
      logProbability: best.logProbability,
      confidence: bundle.configuration.confidence?.chance(of: likelihood)
        ?? likelihood.geometricMean,
      noun: found.noun,
      alternatives: found.hypotheses.dropFirst().map {
        Caption.Alternative(
          caption: Sentence(words: bundle.vocabulary.words(of: $0.tokens)).text,
          logProbability: $0.logProbability)
      },
      attention: best.attention.isEmpty ? [] : places.map { best.attention[$0] },
      grid: (features.gridHeight, features.gridWidth),
      embedding: features.pooled.elements,
      size: fullSize,
      format: format,
      faults: faults,
      model: bundle.configuration.name,
      milliseconds: Caption.Milliseconds(
        decode: decodeMilliseconds, encode: encodeMilliseconds, caption: captionMilliseconds))
  }

  /// - Parameter logits: `[classes]`; nil for a model that does not name the photo's class.
  /// - Returns: the captions, best first, and the noun that they were made to have.
  private func search(
    _ features: ImageFeatures, _ logits: Tensor?, _ options: DecodingOptions, _ rules: TokenRules,
    _ state: DecoderState
  ) throws -> (hypotheses: [Hypothesis], noun: String?) {
    guard let naming = bundle.nouns, let logits, let noun = naming.noun(of: logits.elements) else {
      let free = try decoder.captions(for: features, options: options, rules: rules, state: state)
      return (free, nil)
    }
    let (hypotheses, isNamed) = try decoder.captions(
      for: features, options: options, rules: rules, noun: noun, naming, state: state)
    return (hypotheses, isNamed ? noun.word : nil)
  }

  /// Draws where the words of a caption of the image looked.
  ///
  /// - Precondition: the caption has attention.
  /// - Throws: `ImagingError` if the bytes are not a readable image.
  public func attentionFigure(of caption: Caption, bytes: [UInt8], name: String) throws
    -> RGBImage
  {
    // Larger than the model's input: people look at it.
    let image = try ImageDecoder.decode(
      bytes: bytes, name: name, minimumSize: ImageSize(width: 480, height: 480))
    return try AttentionFigure.draw(
      photo: image, view: preprocessor.view(of: image.size), gridHeight: caption.grid.height,
      gridWidth: caption.grid.width,
      panels: zip(caption.words, caption.attention).map {
        AttentionFigure.Panel(word: $0.word, weights: $1)
      })
  }

  /// An idle worker whose decoder holds at least so many rows, or a new one.
  private func takeWorker(rows: Int) -> Worker {
    let worker =
      idle.withLock { $0.popLast() }
      ?? Worker(
        encoder: encoder.makeScratch(threads: threads),
        decoder: decoder.makeState(rows: rows, threads: threads))
    if worker.decoder.capacity < rows {
      worker.decoder = decoder.makeState(rows: rows, threads: threads)
    }
    return worker
  }
}

/// A result and how many milliseconds it took.
private func timed<Result>(_ work: () throws -> Result) rethrows -> (Result, Double) {
  let clock = ContinuousClock()
  let start = clock.now
  let result = try work()
  return (result, (clock.now - start) / .milliseconds(1))
}
