/// A learning rate that falls when a measure stops improving, as PyTorch's `ReduceLROnPlateau` with
/// its relative threshold.
package struct PlateauSchedule: Codable, Equatable, Sendable {
  /// The learning rate now.
  package private(set) var rate: Float
  /// What the rate is multiplied with.
  package let factor: Float
  /// How many measures in a row may pass without improvement before the rate falls.
  package let patience: Int
  /// The share of the best measure by which a better one must differ.
  package let threshold: Double
  /// The rate does not fall below.
  package let minimum: Float
  /// Whether a greater measure is better, as of BLEU, or a smaller one, as of a loss.
  package let isGreaterBetter: Bool
  /// The best measure so far; nil before the first.
  package private(set) var best: Double?
  private var measuresWithoutImprovement = 0

  package init(
    rate: Float, factor: Float = 0.1, patience: Int = 10, threshold: Double = 1e-4,
    minimum: Float = 0, isGreaterBetter: Bool = false
  ) {
    self.rate = rate
    self.factor = factor
    self.patience = patience
    self.threshold = threshold
    self.minimum = minimum
    self.isGreaterBetter = isGreaterBetter
  }

  /// Takes the measure of one more epoch.
  ///
  /// - Returns: whether the rate fell.
  @discardableResult
  package mutating func observe(_ measure: Double) -> Bool {
    if isBetter(measure) {
      best = measure
      measuresWithoutImprovement = 0
    } else {
      measuresWithoutImprovement += 1
    }
    guard measuresWithoutImprovement > patience else { return false }
    measuresWithoutImprovement = 0
    let next = max(minimum, rate * factor)
    defer { rate = next }
    return next < rate
  }

  private func isBetter(_ measure: Double) -> Bool {
    guard let best else { return !measure.isNaN }
    return isGreaterBetter
      ? measure > best * (1 + threshold) : measure < best * (1 - threshold)
  }
}
