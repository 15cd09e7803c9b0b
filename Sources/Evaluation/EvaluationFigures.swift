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

  /// How the images of two runs score, and by how much the new one differs from the old.
  package static func comparison(
    by metric: String, _ old: (name: String, scores: [Double]),
    _ new: (name: String, scores: [Double])
  ) -> Figure {
    let old = (name: old.name, scores: old.scores.map { 100 * $0 })
    let new = (name: new.name, scores: new.scores.map { 100 * $0 })
    let edges = Histogram.edges(spanning: old.scores + new.scores, count: barCount)
    let differences = zip(old.scores, new.scores).map { $1 - $0 }
    let differenceEdges = Histogram.edges(around: differences, count: barCount)
    return Figure(
      title: "\(old.name) and \(new.name) by \(metric)",
      charts: [
        Chart(
          title: "\(metric) of each image (dashed: mean)", x: "\(metric), times 100", y: "images",
          series: [old, new].map {
            series($0.name, $0.scores, edges: edges, marker: mean($0.scores))
          }),
        Chart(
          title: "By how much \(new.name) is better than \(old.name)",
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
