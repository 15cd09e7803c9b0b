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

  private enum Display { case bar, lines, nothing }

  /// How many there are in all; nil while nobody knows.
  private let total: Int?
  /// What is counted, as in “photos”.
  private let unit: String
  private let display: Display
  private let colours: Bool
  private var done = 0
  private var failed = 0
  private let start = ContinuousClock.now
  private var lastShown: ContinuousClock.Instant?
  private var rate = Rate()

  init(total: Int?, unit: String = "photos", style: Style, isQuiet: Bool) {
    self.total = total
    self.unit = unit
    let environment = ProcessInfo.processInfo.environment
    let isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    display =
      switch style {
      case .auto where isTerminal && !isQuiet: .bar
      case .plain where !isQuiet: .lines
      default: .nothing
      }
    colours = (environment["NO_COLOR"] ?? "").isEmpty
  }

  /// Counts what is done with, and shows it where it is time.
  ///
  /// - Parameter worked: how many of them took work.
  mutating func advance(by count: Int, worked: Int, failed: Int) {
    done += count
    self.failed += failed
    rate.add(worked, at: .now)
    let pause = display == .bar ? Duration.milliseconds(100) : .seconds(2)
    if let lastShown, .now - lastShown < pause { return }
    show()
  }

  /// Writes a line to standard error without tearing the bar.
  mutating func say(_ line: String) {
    if display == .bar { write("\r\u{1B}[K") }
    write(line + "\n")
    if display == .bar, lastShown != nil { show() }
  }

  /// Takes the bar away.
  func finish() {
    if display == .bar, lastShown != nil { write("\r\u{1B}[K") }
  }

  private mutating func show() {
    lastShown = .now
    switch display {
    case .nothing: break
    case .lines: write(text + "\n")
    case .bar: write("\r\u{1B}[K" + bar(width: terminalWidth(STDERR_FILENO)))
    }
  }

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

  private func bar(width: Int) -> String {
    let text = text
    let room = min(30, width - text.count - 4)
    guard let total, total > 0, room >= 8 else { return String(text.prefix(width - 1)) }
    let full = min(room, room * done / total)
    let drawn = String(repeating: "━", count: full)
    let rest = String(repeating: colours ? "━" : " ", count: room - full)
    guard colours else { return "[\(drawn)\(rest)] \(text)" }
    let (mark, dim, plain) = (failed > 0 ? "\u{1B}[33m" : "\u{1B}[32m", "\u{1B}[90m", "\u{1B}[0m")
    return "\(mark)\(drawn)\(dim)\(rest)\(plain)  \(text)"
  }

  private func write(_ text: String) {
    // Progress that nobody can read is no reason to stop.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
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

/// How many a second, over the last ten seconds.
private struct Rate {
  private var marks: [(time: ContinuousClock.Instant, count: Int)] = [(.now, 0)]

  mutating func add(_ count: Int, at time: ContinuousClock.Instant) {
    let sum = (marks.last?.count ?? 0) + count
    if let last = marks.last, time - last.time < .milliseconds(100), marks.count > 1 {
      marks[marks.count - 1].count = sum
    } else {
      marks.append((time, sum))
    }
    while marks.count > 2, time - marks[1].time > .seconds(10) { marks.removeFirst() }
  }

  var perSecond: Double? {
    guard let first = marks.first, let last = marks.last, last.count > first.count else {
      return nil
    }
    let seconds = (last.time - first.time) / .seconds(1)
    return seconds > 0.5 ? Double(last.count - first.count) / seconds : nil
  }
}

/// How wide a terminal is; 100 where it does not say.
func terminalWidth(_ descriptor: Int32) -> Int {
  var size = winsize()
  guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
  return max(40, Int(size.ws_col))
}
