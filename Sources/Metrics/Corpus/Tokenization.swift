package import Language

extension CaptionCorpus {
  /// Tokenises captions as the COCO evaluation does, and takes them in.
  ///
  /// - Parameters:
  ///   - candidates: one caption an image, as it was written.
  ///   - references: the captions that people wrote for each image.
  ///   - threads: how many threads to use at most.
  /// - Throws: `MetricsError` where there is nothing to score or nothing to score it against.
  package init(raw candidates: [String], references: [[String]], threads: Int) throws {
    var rest = PTBTokenizer().tokens(of: references.flatMap { $0 }, threads: threads)[...]
    let tokenised = references.map { captions in
      defer { rest = rest.dropFirst(captions.count) }
      return Array(rest.prefix(captions.count))
    }
    try self.init(
      candidates: PTBTokenizer().tokens(of: candidates, threads: threads), references: tokenised,
      threads: threads)
  }
}

extension PTBTokenizer {
  /// The tokens of captions, of which the last of each may depend on what comes after it, by some
  /// threads.
  package func tokens(of captions: [String], threads: Int) -> [String] {
    mapChunks(of: captions.count, size: 1024, threads: threads) { range in
      // The tokenizer looks a few characters ahead, and each caption has at least its end.
      let end = min(range.upperBound + 32, captions.count)
      return tokenize(Array(captions[range.lowerBound..<end])).prefix(range.count)
    }.flatMap { $0 }
  }
}
