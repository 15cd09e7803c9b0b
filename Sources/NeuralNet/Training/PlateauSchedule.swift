/// By how much the learning rate has fallen, when it falls each time that a measure, of which more
/// is better, has stopped improving: as PyTorch's `ReduceLROnPlateau` with `mode="max"` does.
package struct PlateauSchedule: Codable, Equatable, Sendable {
  /// After so many measures in a row without improvement the rate falls: one more than PyTorch's
  /// `patience`, which counts those that it outlasts.
  private let patience: Int
  /// What the rate is then multiplied by.
  private let factor: Float
  /// The learning rate as a share of what it would be without.
  private(set) var share: Float = 1
  private var best: Double?
  private var measuresWithoutImprovement = 0

  /// The share of the best measure by which a better one must be greater; PyTorch's default.
  private static let threshold = 1e-4

  /// - Precondition: `patience` is above 0.
  package init(patience: Int, factor: Float) {
    precondition(patience > 0, "a patience of \(patience)")
    self.patience = patience
    self.factor = factor
  }

  /// Takes one more measure; one that is not a number is no improvement.
  ///
  /// - Returns: whether the rate fell.
  mutating func observe(_ measure: Double) -> Bool {
    if isBetter(measure) {
      best = measure
      measuresWithoutImprovement = 0
    } else {
      measuresWithoutImprovement += 1
    }
    guard measuresWithoutImprovement >= patience else { return false }
    measuresWithoutImprovement = 0
    share *= factor
    return true
  }

  /// The threshold is of the best measure's size, so that it is not below it where that is negative,
  /// as PyTorch's is.
  private func isBetter(_ measure: Double) -> Bool {
    guard let best else { return !measure.isNaN }
    return measure > best + Self.threshold * abs(best)
  }
}
