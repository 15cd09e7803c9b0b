internal import Foundation

/// What a learning check saw, and what follows from it.
package struct LearningReport: Sendable {
  /// A caption that did not come out as it was written.
  package struct Mistake: Equatable, Sendable {
    package let name: String
    package let wanted: String
    package let found: String
  }

  package enum Verdict: Equatable, Sendable {
    case learns
    /// The loss or a gradient became infinite or no number.
    case diverges
    /// The decoder sees the same of all images.
    case seesAlike
    /// The loss is higher than before the first step, or was so by far.
    case rises
    /// The loss is where it was.
    case stays
    /// The captions are not learnt yet, but the loss still falls.
    case falls
    /// The loss falls no further.
    case isStuck
  }

  /// How many captions there are to learn.
  package let captions: Int
  /// By step, before it changed the parameters.
  package internal(set) var losses: [Double] = []
  /// Of the last time that captions were searched for; nil before.
  package internal(set) var mistakes: [Mistake]?
  /// What is not a finite number any more.
  package internal(set) var divergence: String?
  package internal(set) var seesAlike = false

  init(captions: Int) { self.captions = captions }

  /// The share of the captions that must come out for a set-up that can learn: photos that look
  /// alike to the encoder may have different captions.
  private static let enough = 0.9

  package var steps: Int { losses.count }
  /// How many captions came out word for word.
  package var learnt: Int { mistakes.map { captions - $0.count } ?? 0 }
  package var isLearnt: Bool { learnt == captions }
  package var canLearn: Bool { verdict == .learns }

  package var verdict: Verdict {
    if divergence != nil { return .diverges }
    if Double(learnt) >= Self.enough * Double(captions) { return .learns }
    if seesAlike { return .seesAlike }
    func mean(_ losses: some Collection<Double>) -> Double {
      losses.reduce(0, +) / Double(max(1, losses.count))
    }
    let (start, end) = (losses.first ?? 0, mean(losses.suffix(max(1, steps / 10))))
    if end > 1.05 * start || highest > 1.5 * start { return .rises }
    if end > 0.95 * start { return .stays }
    let quarter = max(1, steps / 4)
    let (last, before) = (losses.suffix(quarter), losses.suffix(2 * quarter).prefix(quarter))
    return mean(last) < 0.97 * mean(before) ? .falls : .isStuck
  }

  private var highest: Double { losses.max() ?? 0 }

  /// What was seen, as a sentence that does not say what may help.
  package var finding: String {
    func text(_ loss: Double?) -> String { String(format: "%.3f", loss ?? .nan) }
    let (start, end) = (text(losses.first), text(losses.last))
    let found = "\(learnt) of \(captions) captions come out after \(steps) steps"
    return switch verdict {
    case .learns: "This set-up can learn: \(found)"
    case .diverges:
      "This set-up does not learn: at step \(steps + 1) \(divergence ?? "the loss") was no finite "
        + "number any more"
    case .seesAlike: "This set-up cannot learn: all photos look the same to the decoder"
    case .rises:
      "This set-up does not learn: the loss rose from \(start) to \(text(highest))"
    case .stays:
      "This set-up does not learn: the loss stayed at \(end), having begun at \(start)"
    case .falls:
      "This set-up has not learnt its captions yet: the loss still falls, \(found)"
    case .isStuck:
      "This set-up does not learn: the loss falls no further than \(end), \(found)"
    }
  }
}
