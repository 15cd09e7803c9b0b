package import Language

/// Which tokens may follow a partial caption, and which a caption must have.
package struct TokenRules: Equatable, Sendable {
  /// The token that closes a caption.
  package var end: Int
  /// Tokens that no caption has.
  package var forbidden: [Int]
  /// The fewest tokens before the end token.
  package var minimumLength: Int
  /// No run of this many tokens occurs twice; 0 allows all.
  package var noRepeatNGram: Int
  /// The constraints that beam search keeps: for each the tokens, never the end token, of which a
  /// caption must have one.
  package var required: [[Int]]

  package init(
    end: Int, forbidden: [Int] = [], minimumLength: Int = 0, noRepeatNGram: Int = 0,
    required: [[Int]] = []
  ) {
    self.end = end
    self.forbidden = forbidden
    self.minimumLength = minimumLength
    self.noRepeatNGram = noRepeatNGram
    self.required = required
  }

  /// The rules that the options ask for. The end token is never forbidden, even where it is also
  /// the padding token.
  ///
  /// - Throws: `CaptioningError.option` if the vocabulary does not have a word of `neverEmit`, or no
  ///   form of a word of `say` that captions may have.
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
    var required: [[Int]] = []
    for word in options.requiredWords {
      let tokens = vocabulary.ids(ofFormsOf: word).filter {
        vocabulary.isWord($0) && !forbidden.contains($0)
      }
      guard !tokens.isEmpty else {
        throw CaptioningError.option(
          name: DecodingOptions.CodingKeys.requiredTexts.rawValue,
          reason: "names “\(word)”, which the model does not know in any form")
      }
      // Two forms of one word are one constraint.
      if !required.contains(tokens) { required.append(tokens) }
    }
    self.init(
      end: special.end, forbidden: Set(forbidden).subtracting([special.end]).sorted(),
      minimumLength: options.minimumLength, noRepeatNGram: options.noRepeatNGram,
      required: required)
  }

  /// How many constraints a caption satisfies.
  package func satisfied(by tokens: [Int]) -> Int {
    required.count { alternatives in tokens.contains(where: alternatives.contains) }
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
