package import Language

/// Which tokens may follow a partial caption.
package struct TokenRules: Equatable, Sendable {
  /// The token that closes a caption.
  package var end: Int
  /// Tokens that no caption has.
  package var forbidden: [Int]
  /// The fewest tokens before the end token.
  package var minimumLength: Int
  /// No run of this many tokens occurs twice; 0 allows all.
  package var noRepeatNGram: Int

  package init(
    end: Int, forbidden: [Int] = [], minimumLength: Int = 0, noRepeatNGram: Int = 0
  ) {
    self.end = end
    self.forbidden = forbidden
    self.minimumLength = minimumLength
    self.noRepeatNGram = noRepeatNGram
  }

  /// The rules that the options ask for. The end token is never forbidden, even where it is also
  /// the padding token.
  ///
  /// - Throws: `CaptioningError.option` if the vocabulary does not have a word of `neverEmit`.
  package init(_ options: DecodingOptions, vocabulary: Vocabulary) throws {
    let special = vocabulary.configuration
    let forbidden: [Int]
    if let words = options.neverEmit {
      forbidden = try words.map { word in
        guard let id = vocabulary.id(of: word) else {
          throw CaptioningError.option(
            name: DecodingOptions.CodingKeys.neverEmit.rawValue,
            reason: "names “\(word)”, which the vocabulary does not have")
        }
        return id
      }
    } else {
      forbidden = [special.pad, special.start, special.unknown].compactMap { $0 }
    }
    self.init(
      end: special.end, forbidden: Set(forbidden).subtracting([special.end]).sorted(),
      minimumLength: options.minimumLength, noRepeatNGram: options.noRepeatNGram)
  }

  /// Gives every token that may not follow `tokens` the log probability −∞ in a row.
  func apply(to rows: inout StepRows, row: Int, after tokens: [Int]) {
    rows.withRow(row) { row in
      for token in forbidden { row[token] = -.infinity }
      if tokens.count < minimumLength { row[end] = -.infinity }
      guard noRepeatNGram > 0, tokens.count >= noRepeatNGram else { return }
      let context = tokens.suffix(noRepeatNGram - 1)
      for start in 0...(tokens.count - noRepeatNGram) {
        let next = start + noRepeatNGram - 1
        if tokens[start..<next] == context { row[tokens[next]] = -.infinity }
      }
    }
  }
}
