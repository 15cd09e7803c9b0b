import CaptionTraining
import Captioning
import Metrics
import Testing

@Suite struct ConfidenceFitTests {
  private let samples: [ConfidenceFit.Sample] = (0..<60).map { i in
    let words: [Double] = (0..<3 + i % 4).map { k in
      let step = 1 + (i * 37 + k * 17) % 50
      return -Double(step) / 25
    }
    let sum = words.reduce(0, +)
    let mean = sum / Double(words.count)
    return ConfidenceFit.Sample(
      name: "\(i).jpg",
      likelihood: CaptionLikelihood(words: words, sentence: sum - 0.1 * Double(1 + i % 3)),
      score: 1.5 + mean + Double(i * 29 % 60) / 60)
  }

  /// scikit-learn 1.9.1, NumPy 2.4.6; `ece` as in ReliabilityTests:
  ///
  ///     for i in range(60):
  ///         words = [-(1 + (i * 37 + k * 17) % 50) / 25 for k in range(3 + i % 4)]
  ///         sentence = sum(words) - 0.1 * (1 + i % 3)
  ///         rows.append([sentence / (len(words) + 1), min(words), len(words)])
  ///         means.append(np.exp(np.mean(words)))
  ///         labels.append(1.5 + np.mean(words) + i * 29 % 60 / 60 >= 0.995)
  ///     def fit(rows, labels):
  ///         return LogisticRegression(solver="newton-cholesky", tol=1e-14).fit(rows, labels)
  ///     scaler = StandardScaler().fit(rows)
  ///     model = fit(scaler.transform(rows), labels)
  ///
  ///     order = sorted(range(60), key=lambda i: hashlib.sha256(f"{i}.jpg".encode()).digest())
  ///     for label in (True, False):
  ///         for place, i in enumerate([i for i in order if labels[i] == label]):
  ///             folds[i] = place % 10
  ///     for fold in range(10):
  ///         inside = folds == fold
  ///         s = StandardScaler().fit(rows[~inside])
  ///         chances[inside] = fit(s.transform(rows[~inside]), labels[~inside]).predict_proba(
  ///             s.transform(rows[inside]))[:, 1]
  ///     for p in (chances, means):
  ///         ece(p), brier_score_loss(labels, p), roc_auc_score(labels, p)
  @Test func `fit and cross-validation are those of scikit-learn`() throws {
    let fit = try ConfidenceFit(samples, threshold: 0.995, data: ["toy-val"])
    let calibration = fit.calibration
    #expect(calibration.measure == "CIDEr-D")
    #expect(calibration.threshold == 0.995 && calibration.captions == 60)
    #expect(calibration.data == ["toy-val"])
    #expect(calibration.terms.map(\.feature) == ConfidenceCalibration.Feature.allCases)
    expect([calibration.intercept], [0.29363073728333])
    expect(
      calibration.terms.map(\.weight), [0.57748929471106, 0.02132781646724, 0.17874186630232])
    expect(calibration.terms.map(\.mean), [-0.85389682539683, -1.69533333333333, 4.5])
    expect(
      calibration.terms.map(\.deviation), [0.14204574709606, 0.19031085681648, 1.11803398874989])
    expect(fit.calibrated, [0.11823225518637709, 0.24636091288531647, 0.5893665158371041])
    expect(fit.uncalibrated, [0.19602968020166076, 0.2683590329800155, 0.6787330316742082])
  }

  private func expect(_ reliability: Reliability, _ expected: [Double]) {
    expect(
      [reliability.calibrationError, reliability.brierScore, reliability.discrimination], expected)
  }

  private func expect(_ found: [Double], _ expected: [Double]) {
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-9 }, "\(found) \(expected)")
  }

  @Test func `captions of one length are no hindrance`() throws {
    let samples = (0..<60).map { i in
      ConfidenceFit.Sample(
        name: "\(i)", likelihood: CaptionLikelihood(words: [-1], sentence: -1.5),
        score: i % 4 == 0 ? 1 : 0)
    }
    let fit = try ConfidenceFit(samples, threshold: 0.5, data: ["toy-val"])
    #expect(fit.calibration.terms.map(\.weight) == [0, 0, 0])
    #expect(abs(fit.calibration.chance(of: samples[0].likelihood) - 0.25) < 1e-12)
  }

  @Test func `too few captions and such as are all alike are refused`() {
    #expect(throws: ConfidenceFitError.tooFew(49, fewest: 50)) {
      try ConfidenceFit(Array(samples.prefix(49)), threshold: 1, data: [])
    }
    for (threshold, right) in [(0.0, 60), (9.0, 0)] {
      #expect(
        throws: ConfidenceFitError.oneSided(
          right: right, of: 60, threshold: threshold, fewest: 10)
      ) {
        try ConfidenceFit(samples, threshold: threshold, data: [])
      }
    }
  }
}
