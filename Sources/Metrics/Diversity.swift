/// How varied captions are, whatever the references say.
package struct Diversity: Codable, Equatable, Sendable {
  /// Different words per word, over all captions together (Li, Galley, Brockett, Gao, Dolan 2016).
  package let distinct1: Double
  /// Different pairs of neighbouring words per pair.
  package let distinct2: Double
  /// Words per caption.
  package let meanLength: Double
  /// How many different words there are.
  package let vocabulary: Int
  /// The mean of each caption's BLEU-4 against all other captions as its references (Zhu et al.
  /// 2018, "Texygen"): the lower, the more varied. Nil for a single caption.
  ///
  /// No caption is left out however many there are: the counts that BLEU needs of all others are
  /// found once for all.
  package let selfBleu: Double?
  /// The share of captions that no training caption is equal to; nil where none were given.
  package let novelty: Double?

  private enum CodingKeys: String, CodingKey {
    case vocabulary, novelty
    case distinct1 = "distinct_1"
    case distinct2 = "distinct_2"
    case meanLength = "mean_length"
    case selfBleu = "self_bleu"
  }

  /// - Parameters:
  ///   - corpus: whose candidates are looked at.
  ///   - training: captions of the training set, tokenised as the corpus is.
  package init(_ corpus: CaptionCorpus, training: [String]? = nil) {
    let captions = CandidateNGrams(corpus)
    distinct1 = captions.distinct(1)
    distinct2 = captions.distinct(2)
    meanLength = Double(captions.words.count) / Double(corpus.count)
    vocabulary = captions.ngrams[0].slotCount(of: 0)
    selfBleu = captions.selfBleu
    novelty = training.map { training in
      let known = Set(training)
      return Double(corpus.candidates.count { !known.contains($0) }) / Double(corpus.count)
    }
  }
}

/// The candidates of a corpus as the sentences of a single image.
private struct CandidateNGrams {
  private(set) var words: [UInt32] = []
  private(set) var sentences = [0]
  let ngrams: [NGrams]

  init(_ corpus: CaptionCorpus) {
    for image in 0..<corpus.count {
      words += corpus.words(of: corpus.candidate(of: image))
      sentences.append(words.count)
    }
    ngrams = NGrams.all(
      words: words, sentences: sentences, images: [0, corpus.count], threads: 1)
  }

  private var count: Int { sentences.count - 1 }

  private func length(_ caption: Int) -> Int { sentences[caption + 1] - sentences[caption] }

  /// Different n-grams per n-gram; 0 where there are none.
  func distinct(_ order: Int) -> Double {
    let all = (0..<count).reduce(0) { $0 + max(0, length($1) - order + 1) }
    return all == 0 ? 0 : Double(ngrams[order - 1].slotCount(of: 0)) / Double(all)
  }

  var selfBleu: Double? {
    guard count > 1 else { return nil }
    var counts = (0..<count).map { caption in
      var counts = BleuCounts()
      counts.length = length(caption)
      return counts
    }
    addReferenceLengths(to: &counts)
    for order in NGrams.orders { addMatches(order, to: &counts) }
    return mean(counts.map { $0.scores[3] })
  }

  /// The length closest to each caption's that another one has.
  private func addReferenceLengths(to counts: inout [BleuCounts]) {
    let lengths = counts.map(\.length).sorted()
    for caption in counts.indices {
      let length = counts[caption].length
      // Around the first place of its own length; a second one of it is another caption's.
      let place = firstIndex(of: length, in: lengths)
      let neighbours = [place - 1, place + 1].filter(lengths.indices.contains).map { lengths[$0] }
      counts[caption].referenceLength = BleuCounts.closest(to: length, of: neighbours)
    }
  }

  private func firstIndex(of length: Int, in sorted: [Int]) -> Int {
    var range = sorted.indices
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range = sorted[middle] < length ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }

  private func addMatches(_ order: Int, to counts: inout [BleuCounts]) {
    // The two captions that have an n-gram most often are enough to know the most of all others.
    var most = [(first: Int, second: Int)](
      repeating: (0, 0), count: ngrams[order - 1].slotCount(of: 0))
    let captions = (0..<count).map { occurrences(order, $0) }
    for (slot, count) in captions.joined() {
      if count > most[slot].first {
        most[slot] = (count, most[slot].first)
      } else if count > most[slot].second {
        most[slot].second = count
      }
    }
    for (caption, occurrences) in captions.enumerated() {
      counts[caption].ngrams[order - 1] = max(0, counts[caption].length - order + 1)
      counts[caption].matches[order - 1] = occurrences.reduce(0) { sum, ngram in
        let (first, second) = most[ngram.slot]
        return sum + min(ngram.count, ngram.count == first ? second : first)
      }
    }
  }

  /// How often a caption has each of its n-grams.
  private func occurrences(_ order: Int, _ caption: Int) -> [(slot: Int, count: Int)] {
    let start = sentences[caption]
    let slots = ngrams[order - 1].slots[start..<max(start, sentences[caption + 1] - order + 1)]
    var occurrences: [(slot: Int, count: Int)] = []
    for slot in slots.sorted() {
      if let last = occurrences.last, last.slot == Int(slot) {
        occurrences[occurrences.count - 1].count += 1
      } else {
        occurrences.append((Int(slot), 1))
      }
    }
    return occurrences
  }
}
