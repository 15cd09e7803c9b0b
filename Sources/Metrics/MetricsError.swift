package import Files

/// Why captions cannot be scored.
package enum MetricsError: Failure, Equatable {
  /// There is nothing to score.
  case noCaptions
  /// The lists of candidates and of references are of different length.
  case countMismatch(candidates: Int, references: Int)
  /// An image has no references.
  case noReferences(image: Int)
  /// There are more words than `CaptionCorpus.maximumWords`.
  case tooManyWords
  /// Two sets of scores that are to be compared are not of the same images or metrics.
  case notComparable(reason: String)

  package var parts: FailureParts {
    switch self {
    case .noCaptions: .init(.badData, "there are no captions to score")
    case .countMismatch(let candidates, let references):
      .init(.badData, "there are captions of \(candidates) images but references of \(references)")
    case .noReferences(let image): .init(.badData, "image \(image) of the list has no references")
    case .tooManyWords:
      .init(
        .badData,
        "captions and references have more than \(CaptionCorpus.maximumWords) words together")
    case .notComparable(let reason): .init(.badData, "the scores cannot be compared: \(reason)")
    }
  }
}
