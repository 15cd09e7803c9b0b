import Foundation

/// A line of progress on standard error: a bar on a terminal, or plain lines from time to time.
struct ProgressLine {
  private enum Display { case bar, lines, nothing }

  private let display: Display
  private let colours: Bool
  private var lastShown: ContinuousClock.Instant?
  /// What stands on the terminal.
  private var shown: String?

  init(style: Progress.Style, isQuiet: Bool) {
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

  /// Shows how far things are, where it is time to.
  ///
  /// - Parameters:
  ///   - text: what to say beside the bar.
  ///   - total: nil where nobody knows; then there is no bar.
  ///   - isWarning: colours the bar as a warning.
  mutating func show(
    _ text: @autoclosure () -> String, done: Int, of total: Int?, isWarning: Bool = false
  ) {
    let pause = display == .bar ? Duration.milliseconds(100) : .seconds(2)
    if let lastShown, .now - lastShown < pause { return }
    lastShown = .now
    switch display {
    case .nothing: break
    case .lines: writeToStandardError(TerminalText.line(text()) + "\n")
    case .bar:
      let line = bar(
        TerminalText.line(text()), done, total, isWarning: isWarning,
        width: terminalWidth(STDERR_FILENO))
      shown = line
      writeToStandardError("\r\u{1B}[K" + line)
    }
  }

  /// Writes a line without tearing the bar.
  func say(_ line: String) {
    if display == .bar { writeToStandardError("\r\u{1B}[K") }
    writeToStandardError(TerminalText.line(line) + "\n")
    if display == .bar, let shown { writeToStandardError(shown) }
  }

  /// Takes the bar away.
  func finish() {
    if display == .bar, shown != nil { writeToStandardError("\r\u{1B}[K") }
  }

  private func bar(
    _ text: String, _ done: Int, _ total: Int?, isWarning: Bool, width: Int
  ) -> String {
    let room = min(30, width - text.count - 4)
    guard let total, total > 0, room >= 8 else { return String(text.prefix(width - 1)) }
    let full = min(room, room * done / total)
    let drawn = String(repeating: "━", count: full)
    let rest = String(repeating: colours ? "━" : " ", count: room - full)
    guard colours else { return "[\(drawn)\(rest)] \(text)" }
    let (mark, dim, plain) = (isWarning ? "\u{1B}[33m" : "\u{1B}[32m", "\u{1B}[90m", "\u{1B}[0m")
    return "\(mark)\(drawn)\(dim)\(rest)\(plain)  \(text)"
  }

}

/// How wide a terminal is; 100 where it does not say.
func terminalWidth(_ descriptor: Int32) -> Int {
  var size = winsize()
  guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
  return max(40, Int(size.ws_col))
}

/// How many a second, over the last ten seconds.
struct Rate {
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
