import ArgumentParser
import Foundation
import Store

/// `caption stats`: what the store's captions are like.
struct StatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Count photos, captions, failures and words.",
    discussion: """
      EXAMPLES:
        caption stats
        caption stats --json | jq .frequent_words
      """)

  @OptionGroup var album: AlbumOptions
  @OptionGroup var storeOptions: StoreOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let statistics = try storeOptions.with(.read) { try $0.statistics(datasets: album.datasets) }
    guard !json else { return try printLine(jsonLine(statistics)) }
    try printRow("pictures", "\(statistics.pictures)")
    try printRow("files", "\(statistics.files)")
    try printRow("open failures", "\(statistics.openFailures)")
    try printRow("by people", "\(statistics.humanCaptions) captions")
    for model in statistics.captionsByModel {
      try printRow(model.name, "\(model.count) captions")
    }
    if !statistics.captionsBySentiment.isEmpty {
      try printRow("sentiment", list(statistics.captionsBySentiment))
    }
    try printRow("runs", list(statistics.runsByKind))
    if let mean = statistics.meanWords {
      try printRow(
        "words", String(format: "%.1f a caption; ", mean) + list(statistics.frequentWords))
      let most = max(1, statistics.confidence.max() ?? 1)
      for (tenth, count) in statistics.confidence.enumerated() {
        let bar = String(repeating: "■", count: (count * 40 + most - 1) / most)
        try printRow(
          tenth == 0 ? "confidence" : "", String(format: "0.%d %7d ", tenth, count) + bar)
      }
    }
    if !statistics.picturesByYear.isEmpty { try printRow("years", list(statistics.picturesByYear)) }
  }

  private func list(_ counts: [StoreStatistics.Count]) -> String {
    counts.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
  }

  private func printRow(_ name: String, _ value: String) throws {
    try printLine(
      name.padding(toLength: 15, withPad: " ", startingAt: 0) + TerminalText.line(value))
  }
}
