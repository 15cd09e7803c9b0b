import Foundation
import Tensors

/// How results are shown.
enum SentimentOutput {
  /// A line for each text: in columns on a terminal, else separated by tabs. What has no result has
  /// a line of nothing else.
  case lines
  case json
  /// On a terminal, with the words in colours.
  case colours
  /// A page with the words in colours.
  case page

  /// Whether each word is weighed.
  var explains: Bool {
    if case .lines = self { false } else { true }
  }
}

/// Prints results as they come.
struct SentimentPrinter {
  private let isTerminal = standardOutputIsTerminal
  private let colours = mayColour()
  private let threads: Int
  private let legend: String
  /// How many columns the longest label takes.
  private let labelWidth: Int
  private var hasShownLegend = false

  init(_ labeller: SentimentLabeller) {
    threads = labeller.threads
    let (against, towards) = labeller.sides
    legend = ColouredText.legend(
      against: TerminalText.line(against), towards: TerminalText.line(towards))
    labelWidth = labeller.allLabels.map(Table.columns).max() ?? 0
  }

  /// - Throws: `FileError.notWritten`.
  func printLines(_ answers: [SentimentAnswer]) throws {
    let width = terminalWidth(STDOUT_FILENO)
    try printAtOnce(
      answers.map { answer in
        guard let text = answer.result else { return isTerminal ? "" : "\t\t" }
        guard isTerminal else {
          return "\(Table.escaped(text.label))\t\(String(format: "%.4f", text.probability))\t"
            + Table.escaped(text.text)
        }
        let heading = heading(text)
        let room = max(20, width - Table.columns(heading) - 2)
        return heading + "  " + Table.fitted(TerminalText.line(text.text), room)
      })
  }

  /// - Throws: `FileError.notWritten`.
  func printJSON(_ answers: [SentimentAnswer]) throws {
    let lines = parallelMap(answers, threads: threads) { answer in
      Result { try jsonLine(SentimentRecord(answer)) }
    }
    try printAtOnce(lines.map { try $0.get() })
  }

  /// - Throws: `FileError.notWritten`.
  mutating func printColoured(_ answers: [SentimentAnswer]) throws {
    for text in answers.lazy.compactMap(\.result) {
      let coloured = ColouredText(text, colours: colours)
      if hasShownLegend { try printLine("") }
      try printLine("\(heading(text))\n\(coloured.string)", isStyled: true)
      let strongest = coloured.strongestWords
      if !strongest.isEmpty { try printLine("strongest: \(strongest)", isStyled: true) }
      if !hasShownLegend, colours { try printLine(legend, isStyled: true) }
      hasShownLegend = true
    }
  }

  /// “positive  0.97”
  private func heading(_ text: ClassifiedText) -> String {
    let label = TerminalText.line(text.label)
    let gap = String(repeating: " ", count: max(0, labelWidth - Table.columns(label)) + 2)
    return label + gap + String(format: "%.2f", text.probability)
  }

  /// Lines with one call of the system.
  private func printAtOnce(_ lines: [String]) throws {
    if !lines.isEmpty { try printLine(lines.joined(separator: "\n")) }
  }
}
