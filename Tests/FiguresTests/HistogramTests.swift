import Figures
import Testing

@Suite struct HistogramTests {
  @Test func boundsAreRoundNumbersAroundAllValues() {
    #expect(Histogram.edges(spanning: [0.31, 1.9], count: 4) == [0, 0.5, 1, 1.5, 2])
    #expect(Histogram.edges(spanning: [-3, 12], count: 3) == [-5, 0, 5, 10, 15])
    #expect(Histogram.edges(spanning: [7, 7], count: 2).count >= 2)
    #expect(Histogram.edges(spanning: [], count: 5).count >= 2)
    #expect(Histogram.edges(spanning: [.nan, .infinity, 1, 2], count: 1) == [1, 2])
  }

  @Test func differencesOfZeroStandInTheMiddleOfAnInterval() {
    #expect(Histogram.edges(around: [-1.2, 0, 2], count: 4) == [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])
  }

  @Test func everyValueCountsOnce() {
    let histogram = Histogram(of: [-1, 0, 0.5, 1, 1.99, 2, 9, .nan], edges: [0, 1, 2])
    #expect(histogram.counts == [3, 4])
  }
}
