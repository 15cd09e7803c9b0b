package import Captioning
package import Files
package import Metrics

/// A model's confidence, fitted to scored captions, and how far it can be trusted.
package struct ConfidenceFit: Sendable {
  /// A caption of a photo that the model did not learn from.
  package struct Sample: Sendable {
    /// The photo's.
    package let name: String
    package let likelihood: CaptionLikelihood
    /// Its CIDEr-D.
    package let score: Double

    package init(name: String, likelihood: CaptionLikelihood, score: Double) {
      self.name = name
      self.likelihood = likelihood
      self.score = score
    }
  }

  package let calibration: ConfidenceCalibration
  /// Of chances each of which comes from a fit to captions of other photos, about nine tenths of all.
  package let calibrated: Reliability
  /// Of the geometric means of the words' probabilities.
  package let uncalibrated: Reliability

  /// The fewest captions that tell anything.
  private static let fewest = 50
  /// The fewest that must be right, and the fewest that must be wrong: one a fold.
  private static let fewestOfEach = foldCount
  private static let foldCount = 10
  /// scikit-learn's usual strength.
  private static let penalty = 1.0

  /// - Parameters:
  ///   - threshold: the least CIDEr-D of a right caption.
  ///   - data: the names of what the photos come from.
  /// - Precondition: every caption has words.
  /// - Throws: `ConfidenceFitError`.
  package init(_ samples: [Sample], threshold: Double, data: [String]) throws {
    try Self.check(count: samples.count)
    let labels = samples.map { $0.score >= threshold }
    let right = labels.count { $0 }
    guard right >= Self.fewestOfEach, labels.count - right >= Self.fewestOfEach else {
      throw ConfidenceFitError.oneSided(
        right: right, of: labels.count, threshold: threshold, fewest: Self.fewestOfEach)
    }
    func fit(_ chosen: [Int]) -> ConfidenceCalibration {
      Self.fit(
        chosen.map { samples[$0].likelihood }, chosen.map { labels[$0] }, threshold: threshold,
        data: data)
    }
    calibration = fit(Array(samples.indices))
    var chances = [Double](repeating: 0, count: samples.count)
    let folds = Self.folds(of: samples.map(\.name), labels)
    for fold in 0..<Self.foldCount {
      let calibration = fit(samples.indices.filter { folds[$0] != fold })
      for index in samples.indices where folds[index] == fold {
        chances[index] = calibration.chance(of: samples[index].likelihood)
      }
    }
    calibrated = Reliability(predicted: chances, isRight: labels)
    uncalibrated = Reliability(
      predicted: samples.map(\.likelihood.geometricMean), isRight: labels)
  }

  /// - Throws: `ConfidenceFitError.tooFew` where nothing can be fitted to so few captions.
  package static func check(count: Int) throws {
    guard count >= fewest else { throw ConfidenceFitError.tooFew(count, fewest: fewest) }
  }

  /// The fold of each photo: in the order of their names' hashes they are dealt out, right and wrong
  /// ones apart, so that every fold has its share of both.
  private static func folds(of names: [String], _ labels: [Bool]) -> [Int] {
    let hashes = names.map { ContentHash(of: Array($0.utf8)).bytes }
    let order = names.indices.sorted { hashes[$0].lexicographicallyPrecedes(hashes[$1]) }
    var folds = [Int](repeating: 0, count: names.count)
    for label in [true, false] {
      for (place, index) in order.filter({ labels[$0] == label }).enumerated() {
        folds[index] = place % foldCount
      }
    }
    return folds
  }

  private static func fit(
    _ captions: [CaptionLikelihood], _ labels: [Bool], threshold: Double, data: [String]
  ) -> ConfidenceCalibration {
    let features = ConfidenceCalibration.Feature.allCases
    let standards = features.map { feature in Standard(captions.map { $0[feature] }) }
    let regression = LogisticRegression(
      captions.map { caption in
        zip(features, standards).map { (caption[$0] - $1.mean) / $1.deviation }
      }, labels: labels, penalty: penalty)
    return ConfidenceCalibration(
      measure: Metric.ciderD.rawValue, threshold: threshold, data: data, captions: captions.count,
      intercept: regression.intercept,
      terms: features.indices.map { index in
        ConfidenceCalibration.Term(
          feature: features[index], mean: standards[index].mean,
          deviation: standards[index].deviation, weight: regression.weights[index])
      })
  }

  private struct Standard {
    let mean: Double
    /// 1 where all values are the same.
    let deviation: Double

    init(_ values: [Double]) {
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      self.mean = mean
      deviation = variance > 0 ? variance.squareRoot() : 1
    }
  }
}

/// Why a model's confidence cannot be calibrated.
package enum ConfidenceFitError: Failure, Equatable {
  /// There are too few captions.
  case tooFew(Int, fewest: Int)
  /// Nearly all captions are right, or nearly all are wrong.
  case oneSided(right: Int, of: Int, threshold: Double, fewest: Int)

  package var parts: FailureParts {
    switch self {
    case .tooFew(let count, let fewest):
      .init(
        .badData,
        "\(count) photos are too few to calibrate confidence on, which takes at least \(fewest)")
    case .oneSided(let right, let all, let threshold, let fewest):
      .init(
        .badData,
        "\(right) of \(all) captions have a CIDEr-D of at least \(threshold), but to calibrate "
          + "confidence takes at least \(fewest) that have it and \(fewest) that have not")
    }
  }
}
