internal import Foundation
public import Imaging
internal import Language
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
  private let encoder: PhotoEncoder
  private let decoder: any CaptionDecoder
  private let threads: Int
  /// The decoder's states that no call uses at the moment.
  private let states = Idle<DecoderState>()

  /// - Parameters:
  ///   - bundle: the model.
  ///   - threads: on how many threads one image is captioned; nil for all cores.
  /// - Throws: `WeightError` if the weights do not fit the configuration, `CaptioningError` if the
  ///   configuration contradicts itself.
  public init(_ bundle: ModelBundle, threads: Int? = nil) throws {
    let configuration = bundle.configuration
    self.bundle = bundle
    self.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    let photoEncoder = try PhotoEncoder(
      EncoderSource(bundle),
      outputs: bundle.nouns == nil ? [.map, .embedding] : [.map, .embedding, .logits],
      threads: self.threads)
    self.encoder = photoEncoder
    let encoder = photoEncoder.encoder
    try bundle.nouns?.check(classCount: encoder.classCount)
    let looksAtRegions = configuration.decoder.architecture == .attention
    decoder = try configuration.decoder.makeDecoder(
      channels: looksAtRegions ? encoder.mapChannels : encoder.embeddingCount ?? 0,
      vocabularySize: bundle.vocabulary.count,
      startToken: configuration.vocabulary.start,
      weights: WeightReader(bundle.weights)["decoder"])
  }

  /// The model of that name, or in that folder; the bundled one if none is named.
  ///
  /// - Throws: as `ModelBundle.find` and `init(_:threads:)`.
  public convenience init(model: String = ModelBundle.defaultName, threads: Int? = nil) throws {
    try self.init(ModelBundle.find(model), threads: threads)
  }

  /// Describes the photo in a file.
  ///
  /// - Parameters:
  ///   - path: of the photo.
  ///   - options: how to search; nil for the model's own defaults.
  /// - Throws: `ImagingError` if the file cannot be read as an image; `CaptioningError` where the
  ///   model finds no words, or its numbers are not finite.
  public func caption(path: String, options: DecodingOptions? = nil) throws -> Caption {
    let bytes = try ImageDecoder.readAll(FilePath(path), waits: true)
    return try caption(bytes: bytes, name: path, options: options)
  }

  /// Describes the photo in an image file's bytes.
  ///
  /// - Parameters:
  ///   - bytes: of the whole file.
  ///   - name: what errors call the image.
  ///   - options: how to search; nil for the model's own defaults.
  /// - Throws: as `caption(path:options:)`.
  public func caption(
    bytes: [UInt8], name: String, options: DecodingOptions? = nil
  ) throws -> Caption {
    let (decoded, milliseconds) = try timed {
      try encoder.decode(bytes: bytes, name: name)
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
    let (encoded, encodeMilliseconds) = try timed { try encoder.encode(image) }
    guard let features = ImageFeatures(encoded) else {
      preconditionFailure("the encoder was not asked for map and embedding")
    }
    let (found, captionMilliseconds) = try timed {
      try search(features, encoded.logits, options, rules)
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
    _ features: ImageFeatures, _ logits: Tensor?, _ options: DecodingOptions, _ rules: TokenRules
  ) throws -> (hypotheses: [Hypothesis], noun: String?) {
    let noun = logits.flatMap { bundle.nouns?.noun(of: $0.elements) }
    let rows = bundle.nouns == nil ? options.rows : 2 * options.rows
    return try states.with {
      $0.capacity >= rows
    } make: {
      decoder.makeState(rows: rows, threads: threads)
    } _: { state in
      guard let naming = bundle.nouns, let noun else {
        let free = try decoder.captions(for: features, options: options, rules: rules, state: state)
        return (free, nil)
      }
      let (hypotheses, isNamed) = try decoder.captions(
        for: features, options: options, rules: rules, noun: noun, naming, state: state)
      return (hypotheses, isNamed ? noun.word : nil)
    }
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
      photo: image, view: encoder.view(of: image.size), gridHeight: caption.grid.height,
      gridWidth: caption.grid.width,
      panels: zip(caption.words, caption.attention).map {
        AttentionFigure.Panel(word: $0.word, weights: $1)
      })
  }
}

/// A result and how many milliseconds it took.
private func timed<Result>(_ work: () throws -> Result) rethrows -> (Result, Double) {
  let clock = ContinuousClock()
  let start = clock.now
  let result = try work()
  return (result, (clock.now - start) / .milliseconds(1))
}
