internal import Algorithms
package import Figures
package import Training

/// Plots of how training runs went, from their logs.
package enum TrainingFigures {
  /// A run's log and the name it has in the plot.
  package struct Run: Sendable {
    package let name: String
    package let entries: [TrainingLog.Entry]

    package init(name: String, entries: [TrainingLog.Entry]) {
      self.name = name
      self.entries = entries
    }
  }

  /// How many runs can be told apart by their colours.
  package static var largestRunCount: Int { FigureColor.series.count }

  /// More points than a figure has columns of pixels say nothing more.
  private static let largestPointCount = 1000

  /// Loss, learning rate and validation scores against steps.
  ///
  /// Of several runs, each score has a chart; of one, all scores share one.
  ///
  /// - Parameter smoothing: how much of the mean of the losses before stays at each of the log's
  ///   lines, from 0 to below 1.
  package static func figure(of runs: [Run], smoothing: Double) -> Figure {
    let names = runs.map(\.name).joined(separator: ", ")
    var charts = [lossChart(runs, smoothing)]
    if runs.contains(where: { !points($0, \.rate).isEmpty }) {
      charts.append(
        Chart(
          title: "Learning rate", x: "steps", y: "rate",
          series: runs.map { series($0.name, of: runs, .line(thinned(points($0, \.rate)))) }))
    }
    return Figure(title: "Training of \(names)", charts: charts + scoreCharts(runs))
  }

  private static func lossChart(_ runs: [Run], _ smoothing: Double) -> Chart {
    Chart(
      title: smoothing > 0 ? "Loss (bold: smoothed)" : "Loss", x: "steps", y: "loss",
      series: runs.map { run in
        let losses = points(run, \.loss)
        return series(
          run.name, of: runs,
          smoothing > 0
            ? .trend(measured: thinned(losses), smooth: thinned(smooth(losses, smoothing)))
            : .line(thinned(losses)))
      })
  }

  private static func scoreCharts(_ runs: [Run]) -> [Chart] {
    let names = Set(runs.flatMap { $0.entries.flatMap { ($0.scores ?? [:]).keys } }).sorted()
    if runs.count == 1, let run = runs.first {
      // As many as there are colours.
      return names.chunks(ofCount: largestRunCount).map { names in
        Chart(
          title: "Validation", x: "steps", y: "score",
          series: names.map { name in
            Chart.Series(name: name, .dots(points(run) { $0.scores?[name] }))
          })
      }
    }
    return names.map { name in
      Chart(
        title: "Validation: \(name)", x: "steps", y: "score",
        series: runs.map { run in
          Chart.Series(name: run.name, .dots(points(run) { $0.scores?[name] }))
        })
    }
  }

  /// A run's series; the only one needs no name.
  private static func series(_ name: String, of runs: [Run], _ mark: Chart.Mark) -> Chart.Series {
    Chart.Series(name: runs.count > 1 ? name : "", mark)
  }

  private static func points(
    _ run: Run, _ value: (TrainingLog.Entry) -> Double?
  ) -> [FigurePoint] {
    run.entries.compactMap { entry in
      value(entry).map { FigurePoint(Double(entry.step), $0) }
    }
  }

  /// The exponentially weighted mean up to each point, without the pull towards zero at the
  /// beginning (Kingma & Ba 2015, section 3).
  package static func smooth(_ points: [FigurePoint], _ smoothing: Double) -> [FigurePoint] {
    var (sum, weight) = (0.0, 0.0)
    return points.map { point in
      guard point.y.isFinite else { return point }
      sum = smoothing * sum + (1 - smoothing) * point.y
      weight = smoothing * weight + (1 - smoothing)
      return FigurePoint(point.x, sum / weight)
    }
  }

  /// The least and the greatest of neighbours, where there are more points than can be seen.
  private static func thinned(_ points: [FigurePoint]) -> [FigurePoint] {
    guard points.count > largestPointCount else { return points }
    let size = (2 * points.count + largestPointCount - 1) / largestPointCount
    return points.indices.chunks(ofCount: size).flatMap { group -> [FigurePoint] in
      guard let (least, greatest) = group.minAndMax(by: { points[$0].y < points[$1].y })
      else { return [] }
      return least == greatest
        ? [points[least]] : [min(least, greatest), max(least, greatest)].map { points[$0] }
    }
  }
}
