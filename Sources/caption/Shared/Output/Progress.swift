import ArgumentParser
import Foundation

/// Shows on standard error how far a batch is.
struct Progress {
  enum Style: String, ExpressibleByArgument, CaseIterable {
    /// A bar, on a terminal only.
    case auto
    /// A line every few seconds.
    case plain
    case none
  }

  /// How many there are in all; nil while nobody knows.
  private let total: Int?
  /// What is counted, as in “photos”.
  private let unit: String
  private var line: ProgressLine
  private var done = 0
  private var failed = 0
  private var rate = Rate()

  init(total: Int?, unit: String = "photos", style: Style, isQuiet: Bool) {
    self.total = total
    self.unit = unit
    line = ProgressLine(style: style, isQuiet: isQuiet)
  }

  /// Counts what is done with, and shows it where it is time.
  ///
  /// - Parameter worked: how many of them took work.
  mutating func advance(by count: Int, worked: Int, failed: Int) {
    done += count
    self.failed += failed
    rate.add(worked, at: .now)
    let now = self
    line.show(now.text, done: done, of: total, isWarning: self.failed > 0)
  }

  /// Writes a line to standard error without tearing the bar.
  func say(_ text: String) { line.say(text) }

  /// Takes the bar away.
  func finish() { line.finish() }

  /// “120/500 photos, 38.2 a second, 0:10 left, 2 failed”
  private var text: String {
    var parts = [total.map { "\(done)/\($0) \(unit)" } ?? "\(done) \(unit)"]
    if let perSecond = rate.perSecond {
      parts.append(String(format: perSecond < 10 ? "%.1f a second" : "%.0f a second", perSecond))
      if let total, total > done, perSecond > 0 {
        parts.append(Self.duration(Double(total - done) / perSecond) + " left")
      }
    }
    if failed > 0 { parts.append("\(failed) failed") }
    return parts.joined(separator: ", ")
  }

  /// “0:07”, “12:30”, “3:04:05”
  static func duration(_ seconds: Double) -> String {
    let all = Int(min(max(0, seconds.rounded()), 3_599_999))
    let (hours, minutes, rest) = (all / 3600, all / 60 % 60, all % 60)
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, rest)
      : String(format: "%d:%02d", minutes, rest)
  }
}
