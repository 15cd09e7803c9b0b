import Metrics
import Testing

@Suite struct ReliabilityTests {
  private let predicted = [0.05, 0.15, 0.15, 0.3, 0.35, 0.35, 0.6, 0.65, 0.9, 1.0]
  private let isRight = [0, 1, 0, 0, 1, 0, 0, 1, 1, 1].map { $0 == 1 }

  /// scikit-learn 1.9.1, NumPy 2.4.6:
  ///
  ///     p = np.array([0.05, 0.15, 0.15, 0.3, 0.35, 0.35, 0.6, 0.65, 0.9, 1.0])
  ///     y = np.array([0, 1, 0, 0, 1, 0, 0, 1, 1, 1])
  ///     roc_auc_score(y, p), brier_score_loss(y, p)
  ///     bins = np.minimum((p * 10).astype(int), 9)
  ///     sum(abs(p[bins == b].mean() - y[bins == b].mean()) * (bins == b).mean() for b in set(bins))
  @Test func `measures are those of scikit-learn`() {
    let reliability = Reliability(predicted: predicted, isRight: isRight)
    #expect(abs(reliability.discrimination - 0.8) < 1e-15)
    #expect(abs(reliability.brierScore - 0.1875) < 1e-15)
    #expect(abs(reliability.calibrationError - 0.11) < 1e-15)
  }

  @Test func `bins are tenths, without the empty ones`() {
    let bins = Reliability(predicted: predicted, isRight: isRight).bins
    #expect(bins.map(\.lower) == [0, 0.1, 0.3, 0.6, 0.9])
    #expect(bins.map(\.upper) == [0.1, 0.2, 0.4, 0.7, 1])
    #expect(bins.map(\.count) == [1, 2, 3, 2, 2])
    #expect(bins.map(\.right) == [0, 0.5, 1.0 / 3, 0.5, 1])
    #expect(abs(bins[4].predicted - 0.95) < 1e-15)
  }

  @Test func `chances that are all the same tell nothing`() {
    let reliability = Reliability(predicted: [0.5, 0.5, 0.5], isRight: [true, false, false])
    #expect(reliability.discrimination == 0.5)
    #expect(reliability.brierScore == 0.25)
  }
}
