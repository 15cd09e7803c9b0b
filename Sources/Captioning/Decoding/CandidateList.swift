/// A continuation of one row by one token.
package struct Candidate: Equatable {
  package var row: Int
  package var token: Int
  package var score: Float

  package init(row: Int, token: Int, score: Float) {
    self.row = row
    self.token = token
    self.score = score
  }
}

/// The best few of many candidates, best first. Among equal scores the one offered first stands
/// first, so that rows and tokens offered in ascending order make a deterministic list.
package struct CandidateList {
  package let capacity: Int
  package private(set) var candidates: [Candidate] = []

  /// What a score must exceed to enter; never admits −∞ or a number that is none.
  private var threshold: Float = -.infinity

  package init(capacity: Int) {
    self.capacity = capacity
    candidates.reserveCapacity(capacity + 1)
  }

  /// Offers every token of a row, with the score `base + row[token]`.
  @inline(never)
  package mutating func offer(_ row: UnsafeBufferPointer<Float>, base: Float, row index: Int) {
    // Nearly all tokens fail; blocks of them are turned away by one comparison.
    typealias Block = SIMD16<Float>
    guard let start = row.baseAddress else { return }
    let blocks = row.count / Block.scalarCount
    for block in 0..<blocks {
      let first = block * Block.scalarCount
      let scores =
        UnsafeRawPointer(start + first).loadUnaligned(as: Block.self) + Block(repeating: base)
      if any(scores .> threshold) {
        for token in first..<first + Block.scalarCount {
          offer(Candidate(row: index, token: token, score: base + start[token]))
        }
      }
    }
    for token in blocks * Block.scalarCount..<row.count {
      offer(Candidate(row: index, token: token, score: base + start[token]))
    }
  }

  /// Offers one candidate.
  package mutating func offer(_ candidate: Candidate) {
    guard candidate.score > threshold else { return }
    var place = candidates.count
    while place > 0, candidates[place - 1].score < candidate.score { place -= 1 }
    candidates.insert(candidate, at: place)
    if candidates.count > capacity { candidates.removeLast() }
    if candidates.count == capacity { threshold = candidates[capacity - 1].score }
  }
}
