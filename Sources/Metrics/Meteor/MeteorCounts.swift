/// What METEOR 1.5 counts in the alignment of a caption with its best reference, or in many
/// together (Denkowski, Lavie 2014, "Meteor Universal").
///
/// The scores are those of the METEOR 1.5 program from the same counts, to the last bit but for the
/// rare case that Java's power function differs from the C library's in it.
package struct MeteorCounts: Equatable, Sendable {
  /// The counts of one of the two sentences.
  struct Side: Equatable, Sendable {
    var words = 0
    var functionWords = 0
    /// Matched content words, by kind of match.
    var content = SIMD4<Int>()
    /// Matched function words, by kind of match.
    var function = SIMD4<Int>()
    /// Matched words of all kinds.
    var matches = 0

    static func += (sum: inout Side, side: Side) {
      sum.words += side.words
      sum.functionWords += side.functionWords
      sum.content &+= side.content
      sum.function &+= side.function
      sum.matches += side.matches
    }

    /// How much of the sentence is matched, from 0 to 1, where a content word weighs more than a
    /// function word, and an exact match more than others.
    var coverage: Double {
      let length =
        delta * Double(words - functionWords) + (1 - delta) * Double(functionWords)
      guard length > 0 else { return 0 }
      var sum = 0.0
      for kind in 0..<4 { sum += matchWeights[kind] * Double(content[kind]) * delta }
      for kind in 0..<4 { sum += matchWeights[kind] * Double(function[kind]) * (1 - delta) }
      return sum / length
    }
  }

  var candidate = Side()
  var reference = Side()
  /// Runs of matches that follow each other in both sentences.
  var chunks = 0

  package init() {}

  /// Whether all words of both sentences are matched in one run, which is no fragmentation at all.
  private var isUnbroken: Bool {
    chunks == 1 && candidate.matches == candidate.words && reference.matches == reference.words
  }

  /// Adds the counts of one caption; its run does not count where there is no other.
  package static func += (sum: inout MeteorCounts, counts: MeteorCounts) {
    sum.candidate += counts.candidate
    sum.reference += counts.reference
    sum.chunks += counts.isUnbroken ? 0 : counts.chunks
  }

  /// The factor for matches in another order or with gaps; 1 where there are none.
  var fragmentationFactor: Double {
    let matches = Double(candidate.matches + reference.matches) / 2
    guard !isUnbroken, matches > 0 else { return 1 }
    return 1 - gamma * power(Double(chunks) / matches, beta)
  }

  package var score: Double {
    let precision = candidate.coverage
    let recall = reference.coverage
    guard precision > 0, recall > 0 else { return 0 }
    return 1 / ((1 - alpha) / precision + alpha / recall) * fragmentationFactor
  }
}

/// METEOR's kinds of match; METEOR-exact-stem has the first two.
enum MeteorMatch: Int, Codable, Sendable {
  case exact
  case stem
  case synonym
  case paraphrase
}

/// The weights of METEOR's kinds of match and its parameters for English, which were tuned to rank
/// translations as people do (Denkowski, Lavie 2014, table 1).
private let matchWeights = [1.0, 0.6, 0.8, 0.6]
private let (alpha, beta, gamma, delta) = (0.85, 0.20, 0.60, 0.75)
