/// METEOR's formula over an alignment of this project's own, which knows equal words and equal
/// stems but neither synonyms nor paraphrases. It is no METEOR and is not to be printed as one.
package enum MeteorExactStem {
  /// - Parameter threads: how many threads to use at most.
  package static func scores(of corpus: CaptionCorpus, threads: Int) -> MetricScores {
    let counter = MeteorCounter(corpus)
    let counts = mapChunks(of: corpus.count, size: 128, threads: threads) { images in
      images.map { counter.best(of: $0).counts }
    }.flatMap { $0 }
    return MetricScores(
      metrics: [.meteorExactStem], perImage: [counts.map(\.score)], statistics: .meteor(counts))
  }
}

/// Aligns and counts the words of images.
struct MeteorCounter: Sendable {
  struct Result {
    /// Counted from 0.
    let reference: Int
    let alignment: MeteorAligner.Alignment
    let counts: MeteorCounts
  }

  private let corpus: CaptionCorpus
  private let aligner: MeteorAligner
  /// By word.
  private let isFunctionWord: [Bool]
  /// The number of the word without letters, which is between two spaces.
  private let emptyWord: UInt32?

  init(_ corpus: CaptionCorpus) {
    self.corpus = corpus
    var stems = WordTable()
    var numbers: [UInt32] = []
    var isFunctionWord: [Bool] = []
    for word in 0..<UInt32(corpus.table.count) {
      let word = corpus.table.word(word)
      var stem = EnglishStemmer.stem(word)
      numbers.append(stem.withUTF8 { stems.identifier(of: $0) })
      isFunctionWord.append(FunctionWords.all.contains(word))
    }
    aligner = MeteorAligner(stems: numbers)
    self.isFunctionWord = isFunctionWord
    emptyWord = (0..<UInt32(corpus.table.count)).first { corpus.table.word($0).isEmpty }
  }

  /// The alignment with the reference that gives the best score, the first of those that are equal.
  func best(of image: Int) -> Result {
    let candidate = corpus.candidate(of: image)
    let references = corpus.references(of: image)
    var best = result(candidate, references.lowerBound, number: 0)
    var bestScore = best.counts.score
    for (number, reference) in references.enumerated().dropFirst() {
      let result = result(candidate, reference, number: number)
      let score = result.counts.score
      if score > bestScore { (best, bestScore) = (result, score) }
    }
    return best
  }

  private func result(_ candidate: Int, _ reference: Int, number: Int) -> Result {
    let (candidate, reference) = (words(candidate), words(reference))
    let alignment = aligner.align(candidate, reference)
    var counts = MeteorCounts()
    counts.candidate = side(candidate, alignment.matches.map { ($0.candidate, $0.kind) })
    counts.reference = side(reference, alignment.matches.map { ($0.reference, $0.kind) })
    counts.chunks = alignment.chunks
    return Result(reference: number, alignment: alignment, counts: counts)
  }

  /// The numbers of a sentence's words. METEOR does not split them at no-break spaces.
  func words(_ sentence: Int) -> ArraySlice<UInt32> {
    let words = corpus.spacedWords(of: sentence)
    guard let emptyWord, words.contains(emptyWord) else { return words }
    return words.filter { $0 != emptyWord }[...]
  }

  private func side(_ words: ArraySlice<UInt32>, _ matches: [(Int, MeteorMatch)])
    -> MeteorCounts.Side
  {
    var side = MeteorCounts.Side()
    side.words = words.count
    side.functionWords = words.count { isFunctionWord[Int($0)] }
    side.matches = matches.count
    for (place, kind) in matches {
      if isFunctionWord[Int(words[words.startIndex + place])] {
        side.function[kind.rawValue] += 1
      } else {
        side.content[kind.rawValue] += 1
      }
    }
    return side
  }
}
