/// Whether one set of captions is really better than another one of the same images, or by chance.
///
/// Results are the same for the same seed, on any number of threads.
public struct Significance: Sendable {
  /// How many corpora the paired bootstrap draws (Koehn 2004, "Statistical significance tests for
  /// machine translation evaluation").
  public var resamples = 10_000
  /// How often approximate randomisation exchanges captions (Riezler, Maxwell 2005, "On some
  /// pitfalls in automatic evaluation and significance testing for MT").
  public var trials = 10_000
  /// The share of the resamples that lies in the intervals.
  public var confidence = 0.95
  public var seed: UInt64 = 1

  public init() {}

  /// Compares two sets of scores, metric by metric.
  ///
  /// - Parameters:
  ///   - first: scores of captions of some images.
  ///   - second: scores of other captions of the same images in the same order, against the same
  ///     references, by the same metrics.
  ///   - threads: how many threads to use at most.
  /// - Precondition: `resamples` and `trials` are positive, `confidence` is between 0 and 1.
  /// - Throws: `MetricsError.notComparable`.
  public func compare(
    _ first: CaptionScores, with second: CaptionScores, threads: Int
  ) throws -> [MetricComparison] {
    precondition(resamples > 0 && trials > 0, "resamples \(resamples), trials \(trials)")
    precondition(0 < confidence && confidence < 1, "confidence \(confidence)")
    guard first.metrics == second.metrics else {
      throw MetricsError.notComparable(reason: "they are of different metrics")
    }
    let pairs = try zip(first.families, second.families).map(Pair.init)
    guard let images = pairs.first?.images else { return [] }
    guard pairs.allSatisfy({ $0.images == images }) else {
      throw MetricsError.notComparable(reason: "they are of different images")
    }
    let bootstrap = draw(resamples, pairs, threads: threads) { round, first, second in
      var random = SplitMix(seed: seed, round: round)
      for place in 0..<images {
        let image = random.below(images)
        (first[place], second[place]) = (image, images + image)
      }
    }
    // Another sequence than the bootstrap's.
    let randomised = draw(trials, pairs, threads: threads) { round, first, second in
      var random = SplitMix(seed: mixed(seed), round: round)
      var bits: UInt64 = 0
      for image in 0..<images {
        if image % 64 == 0 { bits = random.next() }
        let swaps = bits >> UInt64(image % 64) & 1 == 1
        (first[image], second[image]) = swaps ? (images + image, image) : (image, images + image)
      }
    }
    let scores = zip(pairs.flatMap(\.first), pairs.flatMap(\.second))
    return zip(first.metrics, scores).enumerated().map { index, metric in
      comparison(
        metric.0, metric.1, bootstrap: bootstrap.map { $0[index] },
        randomised: randomised.map { $0[index] })
    }
  }

  private typealias Scores = (first: Double, second: Double)

  /// The scores by metric of some pairs of corpora, each of them put together by `select`: images of
  /// the first captions are numbered from 0, those of the second follow.
  private func draw(
    _ rounds: Int, _ pairs: [Pair], threads: Int,
    _ select: @Sendable (_ round: Int, _ first: inout [Int], _ second: inout [Int]) -> Void
  ) -> [[Scores]] {
    let images = pairs[0].images
    return mapChunks(of: rounds, size: 16, threads: threads) { range in
      var first = [Int](repeating: 0, count: images)
      var second = first
      return range.map { round in
        select(round, &first, &second)
        return pairs.flatMap { pair in
          zip(pair.statistics.scores(of: first), pair.statistics.scores(of: second)).map {
            ($0, $1)
          }
        }
      }
    }.flatMap { $0 }
  }

  private func comparison(
    _ metric: Metric, _ scores: Scores, bootstrap: [Scores], randomised: [Scores]
  ) -> MetricComparison {
    let difference = scores.first - scores.second
    // Sums in another order may differ in their last bits.
    let atLeast = abs(difference) * (1 - 1e-12)
    let extreme = randomised.count { abs($0.first - $0.second) >= atLeast }
    let better = bootstrap.count { $0.first > $0.second }
    return MetricComparison(
      metric: metric,
      first: ScoreEstimate(scores.first, interval(bootstrap.map(\.first))),
      second: ScoreEstimate(scores.second, interval(bootstrap.map(\.second))),
      difference: ScoreEstimate(difference, interval(bootstrap.map { $0.first - $0.second })),
      firstIsBetter: Double(better) / Double(bootstrap.count),
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
  let first: [Double]
  let second: [Double]
  let images: Int
  /// Of the images of the first captions, followed by those of the second.
  let statistics: MetricScores.Statistics

  init(_ first: MetricScores, _ second: MetricScores) throws {
    guard first.perImage[0].count == second.perImage[0].count,
      let statistics = first.statistics.followed(by: second.statistics)
    else { throw MetricsError.notComparable(reason: "they are of different images") }
    (self.first, self.second) = (first.corpus, second.corpus)
    images = first.perImage[0].count
    self.statistics = statistics
  }
}

/// How two sets of captions compare by one metric.
public struct MetricComparison: Codable, Equatable, Sendable {
  public let metric: Metric
  public let first: ScoreEstimate
  public let second: ScoreEstimate
  /// The first less the second.
  public let difference: ScoreEstimate
  /// The share of the bootstrap's corpora for which the first captions score higher.
  public let firstIsBetter: Double
  /// How likely a difference at least as large, in either direction, is by chance.
  public let pValue: Double

  private enum CodingKeys: String, CodingKey {
    case metric, first, second, difference
    case firstIsBetter = "first_is_better"
    case pValue = "p_value"
  }
}

/// A score and between which values it lies with the confidence that was asked for.
public struct ScoreEstimate: Codable, Equatable, Sendable {
  public let score: Double
  public let lower: Double
  public let upper: Double

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
