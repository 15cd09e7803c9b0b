/// How many values lie in each of several intervals of equal width.
package struct Histogram: Equatable, Sendable {
  /// The intervals' bounds, one more than there are intervals.
  package let edges: [Double]
  package let counts: [Int]

  /// Counts values into the bounds given; what lies outside counts in the outermost intervals.
  ///
  /// - Precondition: there are at least two bounds, in increasing order and equally far apart.
  package init(of values: [Double], edges: [Double]) {
    precondition(edges.count >= 2 && edges[0] < edges[1], "bounds of a histogram: \(edges)")
    var counts = [Int](repeating: 0, count: edges.count - 1)
    let width = (edges[edges.count - 1] - edges[0]) / Double(counts.count)
    for value in values where value.isFinite {
      let place = (value - edges[0]) / width
      counts[Int(min(max(place, 0), Double(counts.count - 1)))] += 1
    }
    self.edges = edges
    self.counts = counts
  }

  /// Bounds that fit all `values`: from their least to their greatest, with about `count` intervals
  /// at round numbers.
  package static func edges(spanning values: some Sequence<Double>, count: Int) -> [Double] {
    Axis(showing: values, count: count).ticks
  }

  /// Such bounds with 0 in the middle of an interval rather than between two, for differences.
  package static func edges(around values: some Sequence<Double>, count: Int) -> [Double] {
    let ticks = edges(spanning: values, count: count)
    let half = (ticks[1] - ticks[0]) / 2
    return [ticks[0] - half] + ticks.map { $0 + half }
  }
}
