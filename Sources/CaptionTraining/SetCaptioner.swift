internal import Captioning
internal import Language
internal import Tensors

/// Captions the images of a set.
struct SetCaptioner {
  let decoder: any CaptionDecoder
  let vocabulary: Vocabulary
  let threads: Int

  /// The captions of images, best first.
  ///
  /// - Parameter options: by place in `images`.
  /// - Throws: `CaptioningError` where the options do not go with the vocabulary, and where the
  ///   decoder's numbers are not finite.
  func hypotheses(
    _ images: [Int], of features: any FeatureSource, rows: Int,
    options: @Sendable (Int) -> DecodingOptions
  ) throws -> [[Hypothesis]] {
    let rules = try TokenRules(options(0), vocabulary: vocabulary)
    let workers = max(1, min(threads, images.count))
    let states = (0..<workers).map { _ in decoder.makeState(rows: rows, threads: 1) }
    var all = [Result<[Hypothesis], any Error>](repeating: .success([]), count: images.count)
    all.withUnsafeMutableBufferPointer { all in
      let all = UncheckedSendable(all)
      parallelFor(images.count, threads: workers) { index, worker in
        all.value[index] = Result {
          try decoder.captions(
            for: features.imageFeatures(of: images[index]), options: options(index), rules: rules,
            state: states[worker])
        }
      }
    }
    return try all.map { try $0.get() }
  }

  /// The best caption of each image as a sentence.
  func sentences(
    _ images: [Int], of features: any FeatureSource, options: DecodingOptions
  ) throws -> [String] {
    try hypotheses(images, of: features, rows: options.rows) { _ in options }.map {
      Sentence(words: vocabulary.words(of: $0.first?.tokens ?? [])).text
    }
  }
}
