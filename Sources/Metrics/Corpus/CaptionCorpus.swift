/// Candidates and references of some images, tokenised, with one candidate an image: all that a
/// metric looks at.
///
/// Words and n-grams are numbers from here on.
package struct CaptionCorpus: Sendable {
  /// More words than that are refused; Flickr30k and COCO together have a fiftieth.
  package static let maximumWords = 1 << 27

  package let candidates: [String]
  /// By image.
  package let references: [[String]]

  /// The numbers of all words as Python's `str.split()` gives them, sentence by sentence.
  let words: [UInt32]
  /// Where each sentence begins in `words`, and the end of the last.
  let sentences: [Int]
  /// Where each image begins in `sentences`, and the end of the last: its candidate comes first,
  /// then its references.
  let images: [Int]
  /// The words of `str.split(" ")` of the sentences for which it gives others.
  let spacedWords: [Int: [UInt32]]
  let table: WordTable
  /// By n − 1.
  let ngrams: [NGrams]

  /// How many images there are.
  package var count: Int { candidates.count }

  /// - Parameters:
  ///   - candidates: one caption an image, tokenised: words with one space between them.
  ///   - references: the captions that people wrote for each image, tokenised likewise.
  ///   - threads: how many threads to use at most.
  /// - Throws: `MetricsError` where there is nothing to score or nothing to score it against.
  package init(candidates: [String], references: [[String]], threads: Int) throws {
    guard candidates.count == references.count else {
      throw MetricsError.countMismatch(candidates: candidates.count, references: references.count)
    }
    guard !candidates.isEmpty else { throw MetricsError.noCaptions }
    if let image = references.firstIndex(where: \.isEmpty) {
      throw MetricsError.noReferences(image: image)
    }
    let parts = mapChunks(of: candidates.count, size: 512, threads: threads) { range in
      NumberedText(candidates: candidates[range], references: references[range])
    }
    guard parts.reduce(0, { $0 + $1.wordCount }) <= Self.maximumWords else {
      throw MetricsError.tooManyWords
    }
    var table = WordTable()
    let numbers = parts.map { table.merge($0.table) }
    let merged = zip(parts, numbers).map { ($0, $1) }
    words = mapChunks(of: merged.count, size: 1, threads: threads) { part in
      merged[part.lowerBound].0.words.map { word in merged[part.lowerBound].1[Int(word)] }
    }.flatMap { $0 }
    var sentences = [0]
    var images = [0]
    var spacedWords: [Int: [UInt32]] = [:]
    for (part, numbers) in merged {
      for (sentence, spaced) in part.spacedWords {
        spacedWords[sentences.count - 1 + sentence] = spaced.map { numbers[Int($0)] }
      }
      for length in part.sentenceLengths { sentences.append((sentences.last ?? 0) + length) }
    }
    for references in references { images.append((images.last ?? 0) + 1 + references.count) }
    (self.sentences, self.images, self.spacedWords) = (sentences, images, spacedWords)
    self.candidates = candidates
    self.references = references
    self.table = table
    ngrams = NGrams.all(words: words, sentences: sentences, images: images, threads: threads)
  }

  /// The sentence that is an image's candidate.
  func candidate(of image: Int) -> Int { images[image] }

  /// The sentences that are an image's references.
  func references(of image: Int) -> Range<Int> { images[image] + 1..<images[image + 1] }

  /// How many words a sentence has.
  func length(_ sentence: Int) -> Int { sentences[sentence + 1] - sentences[sentence] }

  /// The numbers of a sentence's words.
  func words(of sentence: Int) -> ArraySlice<UInt32> {
    words[sentences[sentence]..<sentences[sentence + 1]]
  }

  /// The slots of a sentence's n-grams, in order.
  func slots(of sentence: Int, order: Int) -> ArraySlice<UInt32> {
    let start = sentences[sentence]
    return ngrams[order - 1].slots[start..<max(start, sentences[sentence + 1] - order + 1)]
  }
}

/// Some images' captions with words as numbers of their own table.
private struct NumberedText: Sendable {
  var table = WordTable()
  var words: [UInt32] = []
  var sentenceLengths: [Int] = []
  var spacedWords: [Int: [UInt32]] = [:]

  var wordCount: Int { words.count + spacedWords.values.reduce(0) { $0 + $1.count } }

  init(candidates: ArraySlice<String>, references: ArraySlice<[String]>) {
    for (candidate, references) in zip(candidates, references) {
      append(candidate)
      for reference in references { append(reference) }
    }
  }

  private mutating func append(_ sentence: String) {
    var sentence = sentence
    sentence.withUTF8 { text in
      let start = words.count
      let isPlain = WordScanner.scan(text) { word in
        words.append(table.identifier(of: UnsafeBufferPointer(rebasing: word)))
      }
      if !isPlain {
        var spaced: [UInt32] = []
        WordScanner.scanPieces(text) { word in
          spaced.append(table.identifier(of: UnsafeBufferPointer(rebasing: word)))
        }
        spacedWords[sentenceLengths.count] = spaced
      }
      sentenceLengths.append(words.count - start)
    }
  }
}
