package import Figures

/// Plots of how scores, times 100, are distributed over images.
package enum EvaluationFigures {
  /// How many bars a histogram has, about.
  private static let barCount = 40

  /// How the images of one run score.
  ///
  /// - Parameters:
  ///   - metric: the name of the measure.
  ///   - scores: one an image.
  ///   - corpus: the score of all images together, which is marked.
  package static func distribution(
    of metric: String, run: String, scores: [Double], corpus: Double
  ) -> Figure {
    let (scores, corpus) = (scores.map { 100 * $0 }, 100 * corpus)
    return Figure(
      title: "How the images of \(run) score by \(metric)",
      charts: [
        Chart(
          title: "\(metric) of each image (dashed: all together)", x: "\(metric), times 100",
          y: "images",
          series: [
            series(
              run, scores, edges: Histogram.edges(spanning: scores, count: barCount),
              marker: corpus)
          ])
      ])
  }

  /// How the images of two runs score, and by how much the second differs from the first.
  package static func comparison(
    by metric: String, _ first: (name: String, scores: [Double]),
    _ second: (name: String, scores: [Double])
  ) -> Figure {
    let first = (name: first.name, scores: first.scores.map { 100 * $0 })
    let second = (name: second.name, scores: second.scores.map { 100 * $0 })
    let edges = Histogram.edges(spanning: first.scores + second.scores, count: barCount)
    let differences = zip(first.scores, second.scores).map { $1 - $0 }
    let differenceEdges = Histogram.edges(around: differences, count: barCount)
    return Figure(
      title: "\(first.name) and \(second.name) by \(metric)",
      charts: [
        Chart(
          title: "\(metric) of each image (dashed: mean)", x: "\(metric), times 100", y: "images",
          series: [first, second].map {
            series($0.name, $0.scores, edges: edges, marker: mean($0.scores))
          }),
        Chart(
          title: "By how much \(second.name) is better than \(first.name)",
          x: "difference of \(metric), times 100", y: "images",
          series: [
            series("", differences, edges: differenceEdges, marker: mean(differences))
          ]),
      ])
  }

  private static func series(
    _ name: String, _ scores: [Double], edges: [Double], marker: Double
  ) -> Chart.Series {
    Chart.Series(
      name: name, .histogram(Histogram(of: scores, edges: edges)), marker: marker)
  }

  private static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }
}
