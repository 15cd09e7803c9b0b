internal import Foundation
internal import Language
public import ModelFiles
internal import NeuralNet
internal import Tensors

/// Tells the sentiment of texts: one model, ready to run.
///
///     let classifier = try SentimentClassifier()
///     let sentiment = try classifier.classify("not terrible, it's great")
///     print(sentiment.label)
///
/// A classifier is safe to use from several threads at once.
public struct SentimentClassifier: Sendable {
  public let configuration: SentimentConfiguration
  /// The model's folder.
  public let folder: String
  private let reader: WordReader
  private let encoder: PackedTextEncoder
  private let head: ClassificationHead
  private let windows: TextWindows

  /// The name of the model that is used when none is given.
  public static let defaultName = "sentiment"

  /// The longest text that is read, in bytes of UTF-8.
  public static let longestText = 4 << 20

  /// The most words of a text that are read: reading a million takes about a quarter of a minute.
  public static let mostWords = 1 << 20

  /// The most words of which it is found out what an answer loses without them, each of which takes
  /// as long as sixty others.
  private static let mostOccludedWords = 1 << 14

  /// How many words are read at once: a block's activations fit into the cache.
  private static let blockSize = 12_288

  /// Opens a model by name or path.
  ///
  /// - Throws: `ModelFolderError`, `VocabularyError`, `WeightError`.
  public init(_ model: String = defaultName) throws {
    try self.init(ModelFolder.find(model))
  }

  /// Opens the model in a folder.
  ///
  /// - Throws: `ModelFolderError`, `VocabularyError`, `WeightError`.
  public init(_ folder: ModelFolder) throws {
    let configuration = try folder.configuration(
      SentimentConfiguration.self, kind: SentimentConfiguration.kind)
    if let fault = configuration.network.fault { throw folder.invalid(fault) }
    guard (2...64).contains(configuration.labels.count),
      Set(configuration.labels).count == configuration.labels.count
    else { throw folder.invalid("“labels” must be 2 to 64 different words") }
    guard configuration.temperature > 0, configuration.temperature.isFinite else {
      throw folder.invalid("“temperature” is \(configuration.temperature)")
    }
    let words = try WordList(path: folder.file(configuration.vocabulary))
    let weights = try SafetensorsFile(path: folder.weightsPath)
    self.init(
      configuration, WordReader(words: words, buckets: configuration.network.buckets),
      try PackedTextEncoder(weights, configuration.network, words: words.count),
      try ClassificationHead(
        WeightReader(weights)["head"], configuration.network, classes: configuration.labels.count),
      folder: folder.path)
  }

  /// A classifier in memory.
  package init(
    _ configuration: SentimentConfiguration, _ reader: WordReader, _ network: TextNetwork
  ) {
    self.init(
      configuration, reader, PackedTextEncoder(network.encoder), network.head, folder: "")
  }

  private init(
    _ configuration: SentimentConfiguration, _ reader: WordReader, _ encoder: PackedTextEncoder,
    _ head: ClassificationHead, folder: String
  ) {
    self.configuration = configuration
    self.reader = reader
    self.encoder = encoder
    self.head = head
    self.folder = folder
    windows = TextWindows(reader)
  }

  /// How many words the model knows.
  package var wordCount: Int { reader.words.count }

  /// The files that the model is: its configuration, vocabulary and weights.
  ///
  /// - Throws: `ModelFolderError.invalid` if the configuration names a vocabulary elsewhere.
  package var files: [String] {
    get throws {
      let folder = ModelFolder(path: folder)
      return [
        folder.configurationPath, try folder.file(configuration.vocabulary), folder.weightsPath,
      ]
    }
  }

  /// Classifies a text.
  ///
  /// - Parameters:
  ///   - text: of a language that the model has learnt.
  ///   - neutralBelow: a label is given only with at least this probability; else it is
  ///     `Sentiment.neutral`.
  /// - Throws: `SentimentError`.
  public func classify(
    _ text: String, neutralBelow: Double = 0
  ) throws(SentimentError) -> Sentiment {
    let document = try prepare(text)
    return try sentiment(answer([document]).logits, 0, document, neutralBelow: neutralBelow)
  }

  /// Classifies many texts, on several threads.
  ///
  /// - Returns: for each text its sentiment, or why it has none.
  public func classify(
    _ texts: [String], neutralBelow: Double = 0, threads: Int = 1
  ) -> [Result<Sentiment, SentimentError>] {
    let prepared = parallelMap(texts, threads: threads, share: 16) {
      text -> Result<Document, SentimentError> in
      do throws(SentimentError) {
        return .success(try prepare(text))
      } catch {
        return .failure(error)
      }
    }
    // Texts of like length together, so that blocks are full from the first step to the last.
    let documents = prepared.map { try? $0.get() }
    let order = documents.indices.filter { documents[$0] != nil }
      .sorted { documents[$0]?.size ?? 0 < documents[$1]?.size ?? 0 }
    let blocks = Self.blocks(order) { documents[$0]?.size ?? 0 }
    let answers = parallelMap(blocks, threads: threads) {
      block -> [Result<Sentiment, SentimentError>] in
      let members = block.compactMap { documents[$0] }
      do throws(SentimentError) {
        let logits = try answer(members).logits
        return members.indices.map { index in
          Result { () throws(SentimentError) in
            try sentiment(logits, index, members[index], neutralBelow: neutralBelow)
          }
        }
      } catch {
        return members.map { _ in .failure(error) }
      }
    }
    var sentiments = [Result<Sentiment, SentimentError>?](repeating: nil, count: texts.count)
    for (index, sentiment) in zip(blocks.joined(), answers.joined()) {
      sentiments[index] = sentiment
    }
    return zip(prepared, sentiments).map { document, sentiment in
      document.flatMap { _ in sentiment ?? .failure(.empty) }
    }
  }

  /// Consecutive documents of about `blockSize` words.
  private static func blocks(_ order: [Int], size: (Int) -> Int) -> [[Int]] {
    var blocks: [[Int]] = []
    var sum = 0
    for index in order {
      let own = size(index)
      if blocks.isEmpty || sum + own > blockSize {
        blocks.append([])
        sum = 0
      }
      blocks[blocks.count - 1].append(index)
      sum += own
    }
    return blocks
  }

  /// Classifies a text and says how much each word told.
  ///
  /// With attention the words' contributions are exact shares of the answer: they add up to the
  /// logits. Without, a word's contribution is what the answer loses when the word is left out
  /// (occlusion: Zeiler, Fergus 2014, arXiv 1311.2901).
  ///
  /// - Throws: `SentimentError`.
  public func explain(
    _ text: String, neutralBelow: Double = 0
  ) throws(SentimentError) -> (sentiment: Sentiment, words: [WordContribution]) {
    let document = try prepare(text)
    let answer = try answer([document], explains: true)
    let result = try sentiment(answer.logits, 0, document, neutralBelow: neutralBelow)
    let scale = document.confidence / configuration.temperature
    let shares: [Int: [Double]]
    if let contributions = answer.contributions {
      shares = contributions
    } else {
      shares = try occlusions(document)
    }
    let classes = configuration.labels.count
    let words = document.tokens.indices.compactMap { index -> WordContribution? in
      guard let row = shares[index] else { return nil }
      let mean = row.reduce(0, +) / Double(classes)
      // Of two labels the log-odds are the difference of the logits.
      let spread = classes == 2 ? 2.0 : 1
      return WordContribution(
        bytes: document.places[index], logOdds: row.map { ($0 - mean) * spread * scale })
    }
    for word in words { try checkFinite(word.logOdds) }
    return (result, words)
  }

  /// For each word, the answer's logits minus those of the text without the word: since a text's are
  /// the mean of its windows', a share of what its window's lose.
  private func occlusions(_ document: Document) throws(SentimentError) -> [Int: [Double]] {
    guard document.size <= Self.mostOccludedWords else {
      throw .tooManyWords(words: document.size, limit: Self.mostOccludedWords)
    }
    let classes = configuration.labels.count
    let share = 1 / Double(max(1, document.windows.count))
    var result: [Int: [Double]] = [:]
    for window in document.windows {
      let alone = document.alone(window)
      let logits = try answer([alone] + alone.tokens.indices.map { alone.without($0) }).logits
      for (place, index) in window.enumerated() {
        let without = (place + 1) * classes
        result[index] = (0..<classes).map { share * (logits[$0] - logits[without + $0]) }
      }
    }
    return result
  }

  /// A text as the network reads it.
  private struct Document: Sendable {
    var tokens: [Int32]
    var places: [Range<Int>]
    var pieces: [[Int32]]
    var windows: [Range<Int>]
    /// How much of the text can be read, 0 to 1: what is unknown to the model should make it doubt.
    var confidence: Double

    /// How many words the network reads.
    var size: Int { windows.reduce(0) { $0 + $1.count } }

    /// A window as a document.
    func alone(_ window: Range<Int>) -> Document {
      var result = self
      result.pieces = []
      result.tokens = tokens[window].map { token in
        guard token < 0 else { return token }
        result.pieces.append(pieces[Int(~token)])
        return ~Int32(result.pieces.count - 1)
      }
      result.places = Array(places[window])
      result.windows = [0..<window.count]
      return result
    }

    /// The document with a word that says nothing.
    func without(_ index: Int) -> Document {
      var result = self
      result.tokens[index] = ~Int32(pieces.count)
      result.pieces.append([])
      return result
    }
  }

  private func prepare(_ text: String) throws(SentimentError) -> Document {
    let bytes = text.utf8.count
    guard bytes <= Self.longestText else {
      throw .tooLong(bytes: bytes, limit: Self.longestText)
    }
    guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
      throw .empty
    }
    guard !text.utf8.contains(0) else { throw .binary }
    let result = TextTokenizer.tokenize(text)
    guard result.tokens.count <= Self.mostWords else {
      throw .tooManyWords(words: result.tokens.count, limit: Self.mostWords)
    }
    var unknown = UnknownWords()
    let tokens = reader.read(result.tokens.lazy.map(\.text), unknown: &unknown)
    let known = tokens.count { $0 >= 0 }
    let all = tokens.count + result.symbols
    return Document(
      tokens: tokens, places: result.tokens.map(\.bytes), pieces: unknown.pieces,
      windows: windows.cut(tokens),
      confidence: all == 0 ? 0 : Double(known) / Double(all))
  }

  /// The logits `[documents, classes]` and, if it is asked for of one document and there is
  /// attention, each word's share.
  ///
  /// - Throws: `SentimentError.notFinite`.
  private func answer(
    _ documents: [Document], explains: Bool = false
  ) throws(SentimentError) -> (logits: [Double], contributions: [Int: [Double]]?) {
    let classes = configuration.labels.count
    var sequences: [[Int32]] = []
    var pieces: [[Int32]] = []
    var groups: [Int] = []
    // Documents without words keep logits of zero.
    var members: [Int] = []
    for (index, document) in documents.enumerated() where !document.windows.isEmpty {
      let offset = Int32(pieces.count)
      pieces += document.pieces
      for window in document.windows {
        // Unknown word i is ~i: a smaller number.
        sequences.append(document.tokens[window].map { $0 >= 0 ? $0 : $0 - offset })
        groups.append(members.count)
      }
      members.append(index)
    }
    var logits = [Double](repeating: 0, count: documents.count * classes)
    guard !members.isEmpty else { return (logits, nil) }
    let layout = SequenceLayout(lengths: sequences.map(\.count))
    let opinions = opinions(sequences, layout, pieces)
    guard opinions.areFinite else { throw notFinite }
    let answers = head.answers(opinions, layout, groups: groups, count: members.count)
    for (row, index) in members.enumerated() {
      for label in 0..<classes {
        logits[index * classes + label] = Double(answers.logits.elements[row * classes + label])
      }
    }
    guard explains, let rows = head.contributions(opinions, answers) else { return (logits, nil) }
    var contributions: [Int: [Double]] = [:]
    for (place, sequence) in layout.order.enumerated() {
      for (step, row) in layout.rows(ofPlace: place).enumerated() {
        contributions[documents[0].windows[sequence].lowerBound + step] =
          rows.elements[row * classes..<(row + 1) * classes].map { Double($0) }
      }
    }
    return (logits, contributions)
  }

  /// What the network makes of windows, block by block, so that the memory for a long text is that
  /// of a block; of windows with the same words, which such texts often have, once.
  private func opinions(
    _ sequences: [[Int32]], _ layout: SequenceLayout, _ pieces: [[Int32]]
  ) -> ClassificationHead.Opinions {
    func read(_ sequences: [[Int32]], _ layout: SequenceLayout) -> ClassificationHead.Opinions {
      let batch = WordBatch(tokens: layout.packed(sequences), pieces: pieces)
      return head(encoder.states(batch, layout), layout)
    }
    guard layout.rows > Self.blockSize else { return read(sequences, layout) }
    var blocks: [[[Int32]]] = []
    var words = 0
    var known: [[Int32]: (part: Int, sequence: Int)] = [:]
    let places = sequences.map { sequence in
      if let place = known[sequence] { return place }
      if blocks.isEmpty || words + sequence.count > Self.blockSize {
        blocks.append([])
        words = 0
      }
      let place = (part: blocks.count - 1, sequence: blocks[blocks.count - 1].count)
      blocks[place.part].append(sequence)
      words += sequence.count
      known[sequence] = place
      return place
    }
    let parts = blocks.map { block in
      let layout = SequenceLayout(lengths: block.map(\.count))
      return (opinions: read(block, layout), layout: layout)
    }
    return ClassificationHead.Opinions(places, of: parts, layout)
  }

  private var notFinite: SentimentError {
    .notFinite(weights: ModelFolder(path: folder).weightsPath)
  }

  /// What leaves is finite: also finite opinions can overflow where they are summed, and logits where
  /// they are divided by the temperature.
  ///
  /// - Throws: `SentimentError.notFinite`.
  private func checkFinite(_ numbers: [Double]) throws(SentimentError) {
    guard numbers.allSatisfy(\.isFinite) else { throw notFinite }
  }

  /// - Throws: `SentimentError.notFinite`.
  private func sentiment(
    _ logits: [Double], _ row: Int, _ document: Document, neutralBelow: Double
  ) throws(SentimentError) -> Sentiment {
    let classes = configuration.labels.count
    let scaled = logits[row * classes..<(row + 1) * classes].map {
      $0 * document.confidence / configuration.temperature
    }
    // Of finite numbers the probabilities are finite too.
    try checkFinite(scaled)
    let probabilities = Self.softmax(scaled)
    let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
    // Of a text without a word that the model can read nothing is known.
    let isNeutral = document.confidence == 0 || probabilities[best] < neutralBelow
    return Sentiment(
      label: isNeutral ? Sentiment.neutral : configuration.labels[best],
      probabilities: probabilities)
  }

  private static func softmax(_ logits: [Double]) -> [Double] {
    let largest = logits.max() ?? 0
    let powers = logits.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
