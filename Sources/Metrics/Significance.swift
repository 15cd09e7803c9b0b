/// Whether one set of captions is really better than another one of the same images, or by chance.
///
/// Results are the same for the same seed, on any number of threads.
package struct Significance: Sendable {
  /// How many corpora the paired bootstrap draws (Koehn 2004, "Statistical significance tests for
  /// machine translation evaluation").
  package var resamples = 10_000
  /// How often approximate randomisation exchanges captions (Riezler, Maxwell 2005, "On some
  /// pitfalls in automatic evaluation and significance testing for MT").
  package var trials = 10_000
  /// The share of the resamples that lies in the intervals.
  package var confidence = 0.95
  package var seed: UInt64 = 1

  package init() {}

  /// Compares two sets of scores, metric by metric.
  ///
  /// - Parameters:
  ///   - new: scores of captions of some images.
  ///   - old: scores of other captions of the same images in the same order, against the same
  ///     references, by the same metrics.
  ///   - threads: how many threads to use at most.
  /// - Precondition: `resamples` and `trials` are positive, `confidence` is between 0 and 1.
  /// - Throws: `MetricsError.notComparable`.
  package func compare(
    _ new: CaptionScores, with old: CaptionScores, threads: Int
  ) throws -> [MetricComparison] {
    precondition(resamples > 0 && trials > 0, "resamples \(resamples), trials \(trials)")
    precondition(0 < confidence && confidence < 1, "confidence \(confidence)")
    guard new.metrics == old.metrics else {
      throw MetricsError.notComparable(reason: "they are of different metrics")
    }
    let pairs = try zip(new.families, old.families).map(Pair.init)
    guard let images = pairs.first?.images else { return [] }
    guard pairs.allSatisfy({ $0.images == images }) else {
      throw MetricsError.notComparable(reason: "they are of different images")
    }
    let bootstrap = draw(resamples, pairs, threads: threads) { round, new, old in
      var random = SplitMix(seed: seed, round: round)
      for place in 0..<images {
        let image = random.below(images)
        (new[place], old[place]) = (image, images + image)
      }
    }
    // Another sequence than the bootstrap's.
    let randomised = draw(trials, pairs, threads: threads) { round, new, old in
      var random = SplitMix(seed: mixed(seed), round: round)
      var bits: UInt64 = 0
      for image in 0..<images {
        if image % 64 == 0 { bits = random.next() }
        let swaps = bits >> UInt64(image % 64) & 1 == 1
        (new[image], old[image]) = swaps ? (images + image, image) : (image, images + image)
      }
    }
    let scores = zip(pairs.flatMap(\.new), pairs.flatMap(\.old))
    return zip(new.metrics, scores).enumerated().map { index, metric in
      comparison(
        metric.0, metric.1, bootstrap: bootstrap.map { $0[index] },
        randomised: randomised.map { $0[index] })
    }
  }

  private typealias Scores = (new: Double, old: Double)

  /// The scores by metric of some pairs of corpora, each of them put together by `select`: images of
  /// the new captions are numbered from 0, those of the old follow.
  private func draw(
    _ rounds: Int, _ pairs: [Pair], threads: Int,
    _ select: @Sendable (_ round: Int, _ new: inout [Int], _ old: inout [Int]) -> Void
  ) -> [[Scores]] {
    let images = pairs[0].images
    return mapChunks(of: rounds, size: 16, threads: threads) { range in
      var new = [Int](repeating: 0, count: images)
      var old = new
      return range.map { round in
        select(round, &new, &old)
        return pairs.flatMap { pair in
          zip(pair.statistics.scores(of: new), pair.statistics.scores(of: old)).map {
            ($0, $1)
          }
        }
      }
    }.flatMap { $0 }
  }

  private func comparison(
    _ metric: Metric, _ scores: Scores, bootstrap: [Scores], randomised: [Scores]
  ) -> MetricComparison {
    let difference = scores.new - scores.old
    // Sums in another order may differ in their last bits.
    let atLeast = abs(difference) * (1 - 1e-12)
    let extreme = randomised.count { abs($0.new - $0.old) >= atLeast }
    let better = bootstrap.count { $0.new > $0.old }
    return MetricComparison(
      metric: metric,
      old: ScoreEstimate(scores.old, interval(bootstrap.map(\.old))),
      new: ScoreEstimate(scores.new, interval(bootstrap.map(\.new))),
      difference: ScoreEstimate(difference, interval(bootstrap.map { $0.new - $0.old })),
      newIsBetter: Double(better) / Double(bootstrap.count),
      pValue: Double(extreme + 1) / Double(randomised.count + 1))
  }

  private func interval(_ values: [Double]) -> ClosedRange<Double> {
    let sorted = values.sorted()
    let lower = percentile(sorted, (1 - confidence) / 2)
    return lower...max(lower, percentile(sorted, (1 + confidence) / 2))
  }

  /// Interpolated between neighbours, as `numpy.percentile` does.
  private func percentile(_ sorted: [Double], _ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
  }
}

/// Two sets of captions by one family of metrics.
private struct Pair: Sendable {
  /// The scores by metric.
  let new: [Double]
  let old: [Double]
  let images: Int
  /// Of the images of the new captions, followed by those of the old.
  let statistics: MetricScores.Statistics

  init(_ new: MetricScores, _ old: MetricScores) throws {
    guard new.perImage[0].count == old.perImage[0].count,
      let statistics = new.statistics.followed(by: old.statistics)
    else { throw MetricsError.notComparable(reason: "they are of different images") }
    (self.new, self.old) = (new.corpus, old.corpus)
    images = new.perImage[0].count
    self.statistics = statistics
  }
}

/// How two sets of captions compare by one metric.
package struct MetricComparison: Equatable, Sendable {
  package let metric: Metric
  package let old: ScoreEstimate
  package let new: ScoreEstimate
  /// The new less the old.
  package let difference: ScoreEstimate
  /// The share of the bootstrap's corpora for which the new captions score higher.
  package let newIsBetter: Double
  /// How likely a difference at least as large, in either direction, is by chance.
  package let pValue: Double
}

/// A score and between which values it lies with the confidence that was asked for.
package struct ScoreEstimate: Encodable, Equatable, Sendable {
  package let score: Double
  package let lower: Double
  package let upper: Double

  init(_ score: Double, _ interval: ClosedRange<Double>) {
    self.score = score
    lower = interval.lowerBound
    upper = interval.upperBound
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014) with a sequence of its own for each round, so that it does
/// not matter which thread draws it.
private struct SplitMix {
  private var state: UInt64

  init(seed: UInt64, round: Int) {
    state = mixed(seed &+ mixed(UInt64(round) &+ 1))
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return mixed(state)
  }

  /// A number below `limit`, each as likely but for less than `limit` / 2⁶⁴.
  mutating func below(_ limit: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(limit)).high)
  }
}
