/// ROUGE-L (Lin 2004) as pycocoevalcap 1.2 computes it, to the last bit.
///
/// The best precision and the best recall count, even if they are those of two references.
package enum RougeL {
  /// - Parameter threads: how many threads to use at most.
  package static func scores(of corpus: CaptionCorpus, threads: Int) -> MetricScores {
    let scores = mapChunks(of: corpus.count, size: 256, threads: threads) { images in
      var subsequence = CommonSubsequence()
      return images.map { image in
        subsequence.setCandidate(corpus.spacedWords(of: corpus.candidate(of: image)))
        let matches = corpus.references(of: image).map { reference in
          let words = corpus.spacedWords(of: reference)
          return (common: subsequence.length(with: words), length: words.count)
        }
        return score(matches, candidateLength: subsequence.candidateLength)
      }
    }.flatMap { $0 }
    return MetricScores(metrics: [.rougeL], perImage: [scores], statistics: .means([scores]))
  }

  /// - Parameter references: how many words each reference has, and how many of them in common with
  ///   the candidate.
  static func score(
    _ references: [(common: Int, length: Int)], candidateLength: Int
  ) -> Double {
    let precision = references.map { Double($0.common) / Double(candidateLength) }.max() ?? 0
    let recall = references.map { Double($0.common) / Double($0.length) }.max() ?? 0
    guard precision != 0, recall != 0 else { return 0 }
    return ((1 + squaredBeta) * precision * recall) / (recall + squaredBeta * precision)
  }

  /// Recall counts β = 1.2 times as much as precision.
  private static let squaredBeta = 1.2 * 1.2
}

extension CaptionCorpus {
  /// The numbers of a sentence's words as `str.split(" ")` gives them.
  func spacedWords(of sentence: Int) -> ArraySlice<UInt32> {
    spacedWords[sentence].map { $0[...] } ?? words(of: sentence)
  }
}

/// The length of the longest common subsequence of a candidate and references, 64 words of the
/// candidate at a time (Hyyrö 2004, "Bit-parallel LCS-length computation revisited").
struct CommonSubsequence {
  private(set) var candidateLength = 0
  private var slots = SlotTable()
  /// The last place in the candidate of the word of a slot, and for each place the one before it
  /// that has the same word; −1 for none.
  private var last: [Int] = []
  private var earlier: [Int] = []
  /// A zero bit for each word of the candidate at which the subsequence grows.
  private var rows: [UInt64] = []
  /// A bit for each place of the reference's word in the candidate.
  private var places: [UInt64] = []
  /// By slot, those bits of words with so many places that marking them anew would take longer than
  /// all else.
  private var frequent: [Int: [UInt64]] = [:]

  mutating func setCandidate(_ words: ArraySlice<UInt32>) {
    slots.removeAll()
    last.removeAll(keepingCapacity: true)
    earlier.removeAll(keepingCapacity: true)
    for (place, word) in words.enumerated() {
      let slot = slots.insert(UInt64(word))
      if slot == last.count { last.append(-1) }
      earlier.append(last[slot])
      last[slot] = place
    }
    candidateLength = words.count
    places = [UInt64](repeating: 0, count: (words.count + 63) / 64)
    frequent.removeAll()
    guard places.count > 1 else { return }
    var counts = [Int](repeating: 0, count: last.count)
    for word in words { if let slot = slots.slot(of: UInt64(word)) { counts[slot] += 1 } }
    for (slot, count) in counts.enumerated() where count > max(64, places.count) {
      mark(slot) { $0 |= $1 }
      frequent[slot] = places
      mark(slot) { $0 &= ~$1 }
    }
  }

  mutating func length(with reference: ArraySlice<UInt32>) -> Int {
    rows.removeAll(keepingCapacity: true)
    rows.append(contentsOf: repeatElement(.max, count: places.count))
    for word in reference {
      guard let slot = slots.slot(of: UInt64(word)) else { continue }
      if let places = frequent[slot] {
        grow(at: places)
      } else {
        mark(slot) { $0 |= $1 }
        grow(at: places)
        mark(slot) { $0 &= ~$1 }
      }
    }
    return rows.reduce(0) { $0 + (~$1).nonzeroBitCount }
  }

  /// Adds a word of the reference, which is at these places of the candidate.
  private mutating func grow(at places: [UInt64]) {
    var carry = false
    for block in places.indices {
      let row = rows[block]
      let (sum, overflow) = row.addingReportingOverflow(row & places[block])
      let (carried, secondOverflow) = sum.addingReportingOverflow(carry ? 1 : 0)
      rows[block] = carried | (row & ~places[block])
      carry = overflow || secondOverflow
    }
  }

  private mutating func mark(_ slot: Int, _ change: (inout UInt64, UInt64) -> Void) {
    var place = last[slot]
    while place >= 0 {
      change(&places[place / 64], 1 << UInt64(place % 64))
      place = earlier[place]
    }
  }

  /// The words of one of the longest common subsequences; nil where the sentences are too long for
  /// the table that this takes.
  static func words(_ first: [UInt32], _ second: [UInt32]) -> [UInt32]? {
    let width = second.count + 1
    guard first.count < maximumTable / width else { return nil }
    // The lengths for what is left of both sentences from each pair of places on.
    var lengths = [Int32](repeating: 0, count: (first.count + 1) * width)
    for i in first.indices.reversed() {
      for j in second.indices.reversed() {
        lengths[i * width + j] =
          first[i] == second[j]
          ? lengths[(i + 1) * width + j + 1] + 1
          : max(lengths[(i + 1) * width + j], lengths[i * width + j + 1])
      }
    }
    var words: [UInt32] = []
    var (i, j) = (0, 0)
    while i < first.count, j < second.count {
      if first[i] == second[j] {
        words.append(first[i])
        (i, j) = (i + 1, j + 1)
      } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
        i += 1
      } else {
        j += 1
      }
    }
    return words
  }

  private static let maximumTable = 1 << 24
}
