internal import Foundation

/// The learning rate as a function of the step, and of what was measured before it: it rises in a
/// straight line to its peak, and then falls.
package struct LearningRateSchedule: Codable, Equatable, Sendable {
  /// What follows the warm-up, at t steps after it.
  package enum Decay: Codable, Equatable, Sendable {
    case constant
    /// In a straight line to `final` · peak after `steps` steps.
    case linear(steps: Int, final: Float = 0)
    /// Along half a cosine to `final` · peak after `steps` steps (Loshchilov, Hutter 2017, arXiv
    /// 1608.03983, without restarts).
    case cosine(steps: Int, final: Float = 0)
    /// By a factor every so many steps: peak · factor^⌊t / every⌋.
    case step(every: Int, factor: Float)
    /// Each time that what is measured has stopped improving.
    case plateau(PlateauSchedule)
  }

  package var peak: Float
  /// How many steps the rate rises: step s < warmUp has (s + 1) / warmUp of the peak.
  package var warmUp: Int
  package var decay: Decay

  package init(peak: Float, warmUp: Int = 0, decay: Decay = .constant) {
    self.peak = peak
    self.warmUp = warmUp
    self.decay = decay
  }

  /// The learning rate of a step, counted from 0.
  package func rate(step: Int) -> Float {
    guard step >= warmUp else { return peak * Float(step + 1) / Float(warmUp) }
    let time = step - warmUp
    func share(_ steps: Int) -> Double { min(1, Double(time) / Double(max(1, steps))) }
    switch decay {
    case .constant: return peak
    case .linear(let steps, let final): return peak * (1 + (final - 1) * Float(share(steps)))
    case .cosine(let steps, let final):
      return peak * (final + (1 - final) * Float((1 + cos(.pi * share(steps))) / 2))
    case .step(let every, let factor):
      return peak * Float(pow(Double(factor), Double(time / max(1, every))))
    case .plateau(let plateau): return peak * plateau.share
    }
  }

  /// Whether the rate depends on what is measured.
  package var needsMeasures: Bool {
    if case .plateau = decay { true } else { false }
  }

  /// Takes what was measured after a step; more is better.
  ///
  /// - Returns: whether the rate fell for that.
  package mutating func observe(_ measure: Double) -> Bool {
    guard case .plateau(var plateau) = decay else { return false }
    defer { decay = .plateau(plateau) }
    return plateau.observe(measure)
  }
}
