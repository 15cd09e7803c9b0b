internal import Datasets
package import Language

/// Images with what people wrote about them.
package struct CaptionSet: Sendable {
  package let images: Images
  /// What messages call each image.
  package let names: [String]
  /// By image, as they were written.
  package let references: [[String]]

  /// What is known of images.
  package enum Images: Sendable {
    /// What a frozen encoder saw.
    case features(any FeatureSource)
    /// Where they are, for an encoder that is trained.
    case photos(TrainingImages)

    var count: Int {
      switch self {
      case .features(let features): features.count
      case .photos(let photos): photos.count
      }
    }
  }

  package var count: Int { names.count }

  /// - Precondition: as many names and references as images.
  package init(_ images: Images, names: [String], references: [[String]]) {
    precondition(
      images.count == names.count && names.count == references.count,
      "\(images.count) images, \(names.count) names, \(references.count) lists of captions")
    self.images = images
    self.names = names
    self.references = references
  }

  /// The same images, each with the first of its captions that has words.
  package var firstCaptions: CaptionSet {
    CaptionSet(
      images, names: names,
      references: references.map { captions in
        captions.first { !captionWords($0).isEmpty }.map { [$0] } ?? []
      })
  }
}

/// The captions of a set in the numbers of a vocabulary, as a decoder learns them.
package struct EncodedCaptions: Sendable {
  /// By caption, without start and end, and its image.
  package private(set) var captions: [(words: [Int], image: Int, isCut: Bool)] = []
  /// How many captions were longer than the limit, and lost their ends.
  package private(set) var cut = 0
  /// How many words there are, and how many of them are outside the vocabulary.
  package private(set) var words = 0
  package private(set) var unknown = 0

  /// - Parameter limit: the most tokens, the end token included.
  package init(_ set: CaptionSet, vocabulary: Vocabulary, limit: Int) {
    for (image, references) in set.references.enumerated() {
      for reference in references {
        let text = captionWords(reference)
        guard !text.isEmpty else { continue }
        let isCut = text.count >= limit
        if isCut { cut += 1 }
        words += text.count
        unknown += text.count { vocabulary.id(of: $0) == nil }
        let tokens = vocabulary.encode(Array(text.prefix(isCut ? limit : text.count)))
        if !tokens.isEmpty { captions.append((tokens, image, isCut)) }
      }
    }
  }
}

/// Words of captions, to make a vocabulary of.
package struct CaptionWords {
  private var counts: [String: Int] = [:]

  package init() {}

  package mutating func add(_ captions: [String]) {
    for word in captions.lazy.flatMap(captionWords) { counts[word, default: 0] += 1 }
  }

  private static let special = ["<pad>", "<start>", "<end>", "<unk>"]

  /// The words that occur at least so often, the most frequent first, after the special tokens.
  ///
  /// - Throws: `VocabularyError`.
  package func vocabulary(atLeast minimum: Int, file: String) throws -> Vocabulary {
    let words = counts.filter { $0.value >= minimum && !Self.special.contains($0.key) }
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    return try Self.vocabulary(Self.special + words, file: file)
  }

  /// A vocabulary of given words, in which the special tokens are called as the bundled model's.
  ///
  /// - Throws: `VocabularyError`; `.specialToken` where one is missing.
  package static func vocabulary(_ words: [String], file: String) throws -> Vocabulary {
    func id(_ token: String) -> Int? { words.firstIndex(of: token) }
    let configuration = VocabularyConfiguration(
      file: file, size: words.count, pad: id("<pad>"), start: id("<start>") ?? -1,
      end: id("<end>") ?? -1, unknown: id("<unk>"))
    return try Vocabulary(words: words, configuration: configuration)
  }
}
