import Foundation
import Training

/// Shows on standard error how far a training run is, and its loss.
struct TrainingProgress {
  private let steps: Int
  private let unit: String
  private var line: ProgressLine
  private var step: Int
  private var loss: Double?
  private var stepRate = Rate()
  private var itemRate = Rate()

  /// How much a new loss counts for the mean that is shown.
  private static let smoothing = 0.03

  init(steps: Int, done: Int, unit: String, style: Progress.Style, isQuiet: Bool) {
    self.steps = steps
    self.unit = unit
    step = done
    line = ProgressLine(style: style, isQuiet: isQuiet)
  }

  mutating func advance(to step: Int, _ report: StepReport) {
    self.step = step
    loss = loss.map { $0 + Self.smoothing * (report.loss - $0) } ?? report.loss
    stepRate.add(1, at: .now)
    itemRate.add(report.items, at: .now)
    let now = self
    line.show(now.text, done: step, of: steps)
  }

  /// Tells what validation found. The time that it took is not the steps'.
  mutating func say(_ text: String) {
    line.say(text)
    (stepRate, itemRate) = (Rate(), Rate())
  }

  func finish() { line.finish() }

  /// “step 120/500, loss 0.4512, 5210 words a second, 2:10 left”
  private var text: String {
    var parts = ["step \(step)/\(steps)"]
    if let loss { parts.append(String(format: "loss %.4f", loss)) }
    if let perSecond = itemRate.perSecond {
      parts.append(String(format: "%.0f \(unit) a second", perSecond))
    }
    if let perSecond = stepRate.perSecond, perSecond > 0 {
      parts.append(Progress.duration(Double(steps - step) / perSecond) + " left")
    }
    return parts.joined(separator: ", ")
  }
}
