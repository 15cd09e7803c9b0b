import CaptionTraining
import Foundation
import Testing

struct SelfCriticalTests {
  @Test func `the advantages of a beam are the derivatives of its expected reward`() {
    let (rewards, logs) = ([0.3, 1.7, 0, 0.9], [-11.2, -12.5, -10.8, -730])
    func expected(_ logs: [Double]) -> Double {
      let shares = logs.map { exp($0 + 11) }
      return zip(shares, rewards).reduce(0) { $0 + $1.0 * $1.1 } / shares.reduce(0, +)
    }
    let slopes = SelfCritical.slopes(ofExpected: rewards, logProbabilities: logs)
    for index in logs.indices {
      var (above, below) = (logs, logs)
      above[index] += 1e-5
      below[index] -= 1e-5
      let difference = (expected(above) - expected(below)) / 2e-5
      #expect(abs(slopes[index] - difference) < 1e-8)
    }
    #expect(abs(slopes.reduce(0, +)) < 1e-12)
  }
}
