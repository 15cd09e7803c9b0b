import Foundation
import Metrics
import TestSupport
import Testing

@Suite struct MeteorCountsTests {
  /// data/references/metrics/meteor.json, which Scripts/references/metrics.py made with METEOR 1.5.
  private struct Expected: Decodable {
    let statistics: [String]
    let scores: [Double]
    let corpus: Double
  }

  @Test func `the program's counts give the program's scores to the last bit`() throws {
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: reference("metrics/meteor.json")))
    let counts = try expected.statistics.map { try #require(MeteorCounts(statistics: $0)) }
    #expect(counts.map(\.score) == expected.scores)
    #expect(counts.reduce(into: MeteorCounts()) { $0 += $1 }.score == expected.corpus)
  }

  @Test(arguments: [
    "", "1.0 2.0", "a b", String(repeating: "1.5 ", count: 23), String(repeating: "-1 ", count: 23),
    String(repeating: "1e300 ", count: 23), String(repeating: "nan ", count: 23),
  ])
  func `what are no counts is refused`(line: String) {
    #expect(MeteorCounts(statistics: line) == nil)
  }
}
