internal import Files
internal import Foundation
package import Language
internal import ModelFiles
internal import Tensors

/// By which nouns captions call the classes that an encoder's classifier tells apart.
package struct ClassNouns: Sendable {
  /// What a class is called.
  package struct Noun: Equatable, Sendable {
    /// The best noun.
    package let word: String
    /// The ids of all its nouns in all forms, ascending.
    package let tokens: [Int]
  }

  /// More than the nouns of all classes need, in bytes.
  private static let largestFile = 16 << 20

  package let configuration: NamingConfiguration
  /// For each class the place of its line among the different lines.
  private let places: [Int]
  /// What the different lines say; nil for an empty one, and where the vocabulary has none of the
  /// nouns.
  private let nouns: [Noun?]

  /// - Parameter lines: for each class its nouns with commas between them, or nothing.
  /// - Throws: `CaptioningError.configuration` for a value out of range.
  package init(
    _ configuration: NamingConfiguration, lines: [String], vocabulary: Vocabulary
  ) throws {
    try configuration.validate()
    var known: [[String]: Int] = [:]
    var nouns: [Noun?] = []
    places = lines.map { line in
      let words = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty }
      if let place = known[words] { return place }
      let tokens = Set(words.flatMap(vocabulary.ids(ofFormsOf:))).sorted()
      nouns.append(tokens.isEmpty ? nil : words.first.map { Noun(word: $0, tokens: tokens) })
      known[words] = nouns.count - 1
      return nouns.count - 1
    }
    self.nouns = nouns
    self.configuration = configuration
  }

  /// - Parameter path: of the file of the nouns.
  /// - Throws: as `init(_:lines:vocabulary:)`; `ModelFolderError.unreadable`.
  init(_ configuration: NamingConfiguration, path: String, vocabulary: Vocabulary) throws {
    func unreadable(_ reason: String) -> ModelFolderError {
      .unreadable(path: path, reason: reason)
    }
    let bytes: [UInt8]
    do {
      bytes = try RegularFile.contents(path: path, limit: Self.largestFile)
    } catch {
      throw unreadable("\(error)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw unreadable("it is not UTF-8 text")
    }
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map(String.init)
    if lines.last?.isEmpty == true { lines.removeLast() }
    try self.init(configuration, lines: lines, vocabulary: vocabulary)
  }

  /// - Parameter classCount: how many classes the encoder tells apart; nil without a classifier.
  /// - Throws: `CaptioningError.configuration` unless each class has a line.
  package func check(classCount: Int?) throws {
    guard let classCount else {
      throw CaptioningError.configuration(
        key: "naming", reason: "needs a classifier, which the encoder's weights do not have")
    }
    guard classCount == places.count else {
      throw CaptioningError.configuration(
        key: "naming.nouns",
        reason: "names a file of \(places.count) lines for \(classCount) classes")
    }
  }

  /// The noun that a photo's caption must have: that of the line whose classes are the most probable
  /// together, if they are probable enough.
  ///
  /// - Parameter logits: `[classes]`
  /// - Returns: nil where nothing is probable enough, and for a line without nouns that the
  ///   vocabulary has.
  package func noun(of logits: [Float]) -> Noun? {
    precondition(logits.count == places.count, "\(logits.count) logits, \(places.count) lines")
    var probabilities = logits
    probabilities.withUnsafeMutableBufferPointer { row in
      guard let base = row.baseAddress else { return }
      VectorMath.softmax(base, count: row.count, into: base)
    }
    var sums = [Float](repeating: 0, count: nouns.count)
    for (place, probability) in zip(places, probabilities) { sums[place] += probability }
    guard let best = sums.indices.max(by: { sums[$0] < sums[$1] }),
      sums[best] >= configuration.threshold
    else { return nil }
    return nouns[best]
  }

  /// Whether a caption that was made to have a noun may stand in for one that was found freely: it
  /// has the noun besides the words that the other has, it is not broken off where the other is
  /// whole, and it does not cost too much.
  ///
  /// - Parameter rules: those that the caption was made by.
  package func accepts(
    _ named: Hypothesis, insteadOf free: Hypothesis, rules: TokenRules
  ) -> Bool {
    guard rules.satisfied(by: named.tokens) > rules.satisfied(by: free.tokens),
      named.isFinished || !free.isFinished
    else { return false }
    guard let maximumCost = configuration.maximumCost else { return true }
    return free.meanLogProbability - named.meanLogProbability <= maximumCost
  }
}

extension CaptionDecoder {
  /// Captions for an image, best first, which have the noun of the image's class: where the best of
  /// a free search lacks it, those of another search that requires it besides the words that the
  /// rules require, if the naming accepts its best.
  ///
  /// Captions that are drawn at random have no noun required of them, nor have those that must have
  /// `DecodingOptions.mostRequiredWords` already.
  ///
  /// - Parameters:
  ///   - noun: of the image's class.
  ///   - state: made by this decoder with at least twice `options.rows` rows.
  /// - Returns: the captions, and whether they are those of the other search.
  /// - Throws: `CaptioningError.notFinite`.
  /// - Precondition: the options are valid.
  func captions(
    for features: ImageFeatures, options: DecodingOptions, rules: TokenRules,
    noun: ClassNouns.Noun, _ naming: ClassNouns, state: DecoderState
  ) throws -> (hypotheses: [Hypothesis], isNamed: Bool) {
    let free = try captions(for: features, options: options, rules: rules, state: state)
    var strict = rules
    strict.required.append(noun.tokens)
    guard !options.isSampling, rules.required.count < DecodingOptions.mostRequiredWords,
      let best = free.first, strict.satisfied(by: best.tokens) == rules.satisfied(by: best.tokens)
    else { return (free, false) }
    let named = try captions(for: features, options: options, rules: strict, state: state)
    guard let first = named.first, naming.accepts(first, insteadOf: best, rules: strict) else {
      return (free, false)
    }
    return (named, true)
  }
}
