internal import Algorithms

/// What the scores of one image's caption are made of.
package struct ScoreExplanation: Codable, Equatable, Sendable {
  package let candidate: String
  package let references: [String]
  /// The candidate's n-grams, for n from 1 to 4, in the order in which they come.
  package let ngrams: [[NGram]]
  /// The n-grams that most references have and the candidate has not, the weightiest first.
  package let missing: [MissingNGram]
  package let bleu: BleuPart
  package let rougeL: RougePart
  package let ciderD: CIDErPart
  package let meteorExactStem: MeteorPart
  /// What took points off, the most first.
  package let losses: [Loss]

  /// An n-gram of the candidate.
  package struct NGram: Codable, Equatable, Sendable {
    package let text: String
    /// How often the candidate has it.
    package let count: Int
    /// How many of these count as matched: no more than one reference has.
    package let matched: Int
    /// How often each reference has it.
    package let inReferences: [Int]
    /// CIDEr's weight of it: the logarithm of how rare it is.
    package let weight: Double

    private enum CodingKeys: String, CodingKey {
      case text, count, matched, weight
      case inReferences = "in_references"
    }
  }

  /// An n-gram that only references have.
  package struct MissingNGram: Codable, Equatable, Sendable {
    package let text: String
    /// How many references have it.
    package let references: Int
    package let weight: Double
  }

  package struct BleuPart: Codable, Equatable, Sendable {
    /// BLEU-1 to BLEU-4.
    package let scores: [Double]
    package let scoresWithoutBrevity: [Double]
    /// By n − 1.
    package let matched: [Int]
    package let ngrams: [Int]
    /// Words of the candidate and of the reference that is closest to it in length.
    package let length: Int
    package let referenceLength: Int
    package let brevityPenalty: Double

    private enum CodingKeys: String, CodingKey {
      case scores, matched, ngrams, length
      case scoresWithoutBrevity = "scores_without_brevity"
      case referenceLength = "reference_length"
      case brevityPenalty = "brevity_penalty"
    }
  }

  package struct RougePart: Codable, Equatable, Sendable {
    package let score: Double
    package let references: [Reference]

    package struct Reference: Codable, Equatable, Sendable {
      /// The share of the candidate's words, and of the reference's, that the two have in common in
      /// the same order.
      package let precision: Double
      package let recall: Double
      /// These words; nil where the captions are too long to look for them.
      package let common: [String]?
    }
  }

  package struct CIDErPart: Codable, Equatable, Sendable {
    package let score: Double
    package let references: [Reference]

    package struct Reference: Codable, Equatable, Sendable {
      /// What the reference adds to the score, and would add if the lengths were the same.
      package let points: Double
      package let pointsWithoutPenalty: Double
      /// By n − 1, from 0 to 1.
      package let similarities: [Double]
      package let lengthDifference: Int
      package let lengthPenalty: Double

      private enum CodingKeys: String, CodingKey {
        case points, similarities
        case pointsWithoutPenalty = "points_without_penalty"
        case lengthDifference = "length_difference"
        case lengthPenalty = "length_penalty"
      }
    }
  }

  package struct MeteorPart: Codable, Equatable, Sendable {
    package let score: Double
    /// The reference with the best score, counted from 0.
    package let reference: Int
    package let matches: [Match]
    package let chunks: Int
    package let precision: Double
    package let recall: Double
    package let fragmentationFactor: Double

    private enum CodingKeys: String, CodingKey {
      case score, reference, matches, chunks, precision, recall
      case fragmentationFactor = "fragmentation_factor"
    }

    package struct Match: Codable, Equatable, Sendable {
      package let candidate: String
      package let reference: String
      package let isStem: Bool

      private enum CodingKeys: String, CodingKey {
        case candidate, reference
        case isStem = "is_stem"
      }
    }
  }

  package struct Loss: Codable, Equatable, Sendable {
    package enum Cause: String, Codable, Sendable {
      /// The candidate is shorter than its references.
      case brevity
      /// Its length is not that of the references.
      case length
      /// Its matches are in another order or have gaps.
      case fragmentation
      /// N-grams of the candidate that no reference has, or has as often.
      case unmatched
    }

    package let metric: Metric
    package let cause: Cause
    /// How much higher the score would be otherwise.
    package let points: Double
  }

  private enum CodingKeys: String, CodingKey {
    case candidate, references, ngrams, missing, bleu, losses
    case rougeL = "rouge_l"
    case ciderD = "cider_d"
    case meteorExactStem = "meteor_exact_stem"
  }

  /// - Precondition: `image` is an index of the corpus.
  package init(_ corpus: CaptionCorpus, image: Int) {
    let explainer = Explainer(corpus, image)
    candidate = corpus.candidates[image]
    references = corpus.references[image]
    ngrams = NGrams.orders.map(explainer.ngrams)
    missing = explainer.missing
    bleu = explainer.bleu
    rougeL = explainer.rougeL
    ciderD = explainer.ciderD
    meteorExactStem = explainer.meteorExactStem
    losses = Self.losses(bleu, ciderD, meteorExactStem)
  }

  private static func losses(_ bleu: BleuPart, _ cider: CIDErPart, _ meteor: MeteorPart) -> [Loss] {
    var losses: [Loss] = []
    for (metric, (score, full)) in zip(Metric.bleu, zip(bleu.scores, bleu.scoresWithoutBrevity)) {
      losses.append(Loss(metric: metric, cause: .brevity, points: full - score))
      losses.append(Loss(metric: metric, cause: .unmatched, points: 1 - full))
    }
    losses.append(
      Loss(
        metric: .ciderD, cause: .length,
        points: cider.references.reduce(0) { $0 + $1.pointsWithoutPenalty - $1.points }))
    losses.append(
      Loss(
        metric: .meteorExactStem, cause: .fragmentation,
        points: meteor.score / meteor.fragmentationFactor - meteor.score))
    return losses.filter { $0.points > 1e-6 }.sorted { $0.points > $1.points }
  }
}

/// Finds what an explanation says of an image.
private struct Explainer {
  private let corpus: CaptionCorpus
  private let image: Int
  private let candidate: Int
  private let references: Range<Int>
  private let weights: NGramWeights

  init(_ corpus: CaptionCorpus, _ image: Int) {
    self.corpus = corpus
    self.image = image
    candidate = corpus.candidate(of: image)
    references = corpus.references(of: image)
    weights = NGramWeights(imageCount: corpus.count)
  }

  func ngrams(_ order: Int) -> [ScoreExplanation.NGram] {
    let counts = ([candidate] + references).map { occurrences(order, $0) }
    let texts = texts(order, of: candidate)
    return texts.enumerated().map { slot, text in
      let inReferences = counts.dropFirst().map { $0[slot] }
      return ScoreExplanation.NGram(
        text: text, count: counts[0][slot], matched: min(counts[0][slot], inReferences.max() ?? 0),
        inReferences: inReferences, weight: weight(order, slot))
    }
  }

  var missing: [ScoreExplanation.MissingNGram] {
    var missing: [ScoreExplanation.MissingNGram] = []
    for order in NGrams.orders {
      let inCandidate = occurrences(order, candidate)
      var having = [Int](repeating: 0, count: inCandidate.count)
      for reference in references {
        for (slot, count) in occurrences(order, reference).enumerated() where count > 0 {
          having[slot] += 1
        }
      }
      var texts = [String?](repeating: nil, count: having.count)
      for reference in references {
        for (place, slot) in corpus.slots(of: reference, order: order).enumerated()
        where inCandidate[Int(slot)] == 0 && texts[Int(slot)] == nil {
          texts[Int(slot)] = text(order, reference, place)
        }
      }
      for (slot, text) in texts.enumerated() {
        guard let text else { continue }
        missing.append(
          ScoreExplanation.MissingNGram(
            text: text, references: having[slot], weight: weight(order, slot)))
      }
    }
    func importance(_ ngram: ScoreExplanation.MissingNGram) -> Double {
      Double(ngram.references) * ngram.weight
    }
    return missing.min(count: 12) { importance($0) > importance($1) }
  }

  var bleu: ScoreExplanation.BleuPart {
    var counter = BleuCounter(corpus)
    let counts = counter.counts(of: image)
    var full = counts
    full.referenceLength = min(counts.length, counts.referenceLength)
    return ScoreExplanation.BleuPart(
      scores: counts.scores, scoresWithoutBrevity: full.scores,
      matched: NGrams.orders.map { counts.matches[$0 - 1] },
      ngrams: NGrams.orders.map { counts.ngrams[$0 - 1] }, length: counts.length,
      referenceLength: counts.referenceLength, brevityPenalty: counts.brevityPenalty)
  }

  var rougeL: ScoreExplanation.RougePart {
    let candidate = corpus.spacedWords(of: candidate)
    var subsequence = CommonSubsequence()
    subsequence.setCandidate(candidate)
    var matches: [(common: Int, length: Int)] = []
    let references = references.map { reference in
      let words = corpus.spacedWords(of: reference)
      let common = subsequence.length(with: words)
      matches.append((common, words.count))
      return ScoreExplanation.RougePart.Reference(
        precision: Double(common) / Double(candidate.count),
        recall: Double(common) / Double(words.count),
        common: CommonSubsequence.words(Array(candidate), Array(words))?.map(corpus.table.word))
    }
    return ScoreExplanation.RougePart(
      score: RougeL.score(matches, candidateLength: candidate.count), references: references)
  }

  var ciderD: ScoreExplanation.CIDErPart {
    var similarity = CIDErSimilarity(corpus, weights)
    let similarities = similarity.similarities(of: image)
    let penalties = corpus.lengthPenalties(of: image)
    let differences = corpus.lengthDifferences(of: image)
    return ScoreExplanation.CIDErPart(
      score: CIDErD.score(similarities, penalties),
      references: similarities.indices.map { reference in
        let similar = similarities[reference]
        return ScoreExplanation.CIDErPart.Reference(
          points: CIDErD.points(similar * penalties[reference], references: references.count),
          pointsWithoutPenalty: CIDErD.points(similar, references: references.count),
          similarities: NGrams.orders.map { similar[$0 - 1] },
          lengthDifference: differences[reference], lengthPenalty: penalties[reference])
      })
  }

  var meteorExactStem: ScoreExplanation.MeteorPart {
    let counter = MeteorCounter(corpus)
    let best = counter.best(of: image)
    let candidate = Array(counter.words(candidate))
    let reference = Array(counter.words(references.lowerBound + best.reference))
    return ScoreExplanation.MeteorPart(
      score: best.counts.score, reference: best.reference,
      matches: best.alignment.matches.map { match in
        ScoreExplanation.MeteorPart.Match(
          candidate: corpus.table.word(candidate[match.candidate]),
          reference: corpus.table.word(reference[match.reference]),
          isStem: match.kind == .stem)
      },
      chunks: best.alignment.chunks, precision: best.counts.candidate.coverage,
      recall: best.counts.reference.coverage,
      fragmentationFactor: best.counts.fragmentationFactor)
  }

  /// How often a sentence has the n-gram of each slot.
  private func occurrences(_ order: Int, _ sentence: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: corpus.ngrams[order - 1].slotCount(of: image))
    for slot in corpus.slots(of: sentence, order: order) { counts[Int(slot)] += 1 }
    return counts
  }

  /// The candidate's different n-grams, which have the first slots.
  private func texts(_ order: Int, of sentence: Int) -> [String] {
    var texts: [String] = []
    for (place, slot) in corpus.slots(of: sentence, order: order).enumerated()
    where slot == texts.count {
      texts.append(text(order, sentence, place))
    }
    return texts
  }

  private func text(_ order: Int, _ sentence: Int, _ place: Int) -> String {
    corpus.words(of: sentence).dropFirst(place).prefix(order).map(corpus.table.word)
      .joined(separator: " ")
  }

  private func weight(_ order: Int, _ slot: Int) -> Double {
    let ngrams = corpus.ngrams[order - 1]
    return weights.weight(documentFrequency: ngrams.frequencies[ngrams.starts[image] + slot])
  }
}
