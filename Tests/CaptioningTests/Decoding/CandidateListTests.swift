import Captioning
import Tensors
import Testing

@Suite struct CandidateListTests {
  @Test(arguments: [1, 15, 16, 17, 33, 1000], [1, 2, 10, 40])
  func `the list is the head of a full sort`(size: Int, capacity: Int) {
    var random = SeededRandom(seed: UInt64(size * 100 + capacity))
    // Coarse values, so that many are equal.
    let rows = (0..<3).map { _ in (0..<size).map { _ in (random.uniform() * 50).rounded() } }
    let bases: [Float] = [0, -3, 5]
    var list = CandidateList(capacity: capacity)
    var all: [Candidate] = []
    for (index, row) in rows.enumerated() {
      row.withUnsafeBufferPointer { list.offer($0, base: bases[index], row: index) }
      all += row.enumerated().map {
        Candidate(row: index, token: $0.offset, score: bases[index] + $0.element)
      }
    }
    let sorted = all.sorted {
      ($1.score, $0.row, $0.token) < ($0.score, $1.row, $1.token)
    }
    #expect(list.candidates == Array(sorted.prefix(capacity)))
  }

  @Test func `impossible and undefined values never enter`() {
    var list = CandidateList(capacity: 3)
    let row = [Float](repeating: -.infinity, count: 20) + [.nan, -1e30, .nan, -.infinity]
    row.withUnsafeBufferPointer { list.offer($0, base: 0, row: 0) }
    #expect(list.candidates == [Candidate(row: 0, token: 21, score: -1e30)])
  }

  @Test func `single candidates compete with those of rows`() {
    var list = CandidateList(capacity: 2)
    [-3, -1].withUnsafeBufferPointer { list.offer($0, base: 0, row: 0) }
    for (token, score) in [(5, -2), (6, -.infinity), (7, -2)] as [(Int, Float)] {
      list.offer(Candidate(row: 1, token: token, score: score))
    }
    #expect(
      list.candidates == [
        Candidate(row: 0, token: 1, score: -1), Candidate(row: 1, token: 5, score: -2),
      ])
  }
}
