import ArgumentParser
import Datasets
import Foundation
import Store

/// `caption dataset info`: what a dataset holds.
struct DatasetInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Print what a dataset holds: its splits, captions, words and vocabulary.",
    discussion: """
      Words are counted as in Karpathy’s splits: in small letters, without ASCII punctuation.

      EXAMPLES:
        caption dataset info flickr8k
        caption dataset info flickr8k --json | jq .splits
      """)

  @Argument(help: "The dataset.")
  var name: String

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    var statistics: [String: CaptionStatistics] = [:]
    var whole = CaptionStatistics()
    let summary = try store.with(.read) { store in
      try store.forEachDatasetItem(of: name, split: nil) { item in
        statistics[item.split, default: CaptionStatistics()].add(item.references)
        whole.add(item.references)
      }
      return try store.dataset(named: name)
    }
    let parts = summary.splits.compactMap { split in
      statistics[split.name].map { Part(name: split.name, found: split.found, $0) }
    }
    guard !json else {
      try printLine(jsonLine(Record(summary, parts)))
      return
    }
    let found = summary.splits.reduce(0) { $0 + $1.found }
    let total = parts.count > 1 ? [("in all", Part(name: "", found: found, whole))] : []
    try printRows(
      [
        ("dataset", summary.name), ("format", summary.format),
        ("imported", summary.importedAt),
      ]
        + summary.sources.map { ("from", $0) }
        + (parts.map { ("split \($0.name)", $0) } + total).map { ($0.0, $0.1.sentence) }
        + [
          ("findings in its files", "\(summary.problems)"),
          ("evaluations", "\(summary.evaluations)"),
        ])
  }

  /// A split, in numbers.
  private struct Part: Encodable {
    let name: String
    let photos: Int
    let found: Int
    let captions: Int
    let fewestCaptions: Int
    let mostCaptions: Int
    let words: Int
    let fewestWords: Int
    let mostWords: Int
    let meanWords: Double
    let vocabulary: Int
    /// Words that occur at least five times, as most models' vocabularies have them.
    let frequentVocabulary: Int

    enum CodingKeys: String, CodingKey {
      case name, photos, found, captions, words, vocabulary
      case fewestCaptions = "fewest_captions"
      case mostCaptions = "most_captions"
      case fewestWords = "fewest_words"
      case mostWords = "most_words"
      case meanWords = "mean_words"
      case frequentVocabulary = "vocabulary_of_five"
    }

    init(name: String, found: Int, _ statistics: CaptionStatistics) {
      self.name = name
      self.found = found
      photos = statistics.photos
      captions = statistics.captions
      fewestCaptions = statistics.captionsPerPhoto?.lowerBound ?? 0
      mostCaptions = statistics.captionsPerPhoto?.upperBound ?? 0
      words = statistics.words
      fewestWords = statistics.wordsPerCaption?.lowerBound ?? 0
      mostWords = statistics.wordsPerCaption?.upperBound ?? 0
      meanWords = Double(words) / Double(max(1, captions))
      vocabulary = statistics.vocabulary()
      frequentVocabulary = statistics.vocabulary(atLeast: 5)
    }

    var sentence: String {
      let missing = photos - found
      let photos = counted(photos, "photo") + (missing == 0 ? "" : " (\(missing) not found)")
      let each =
        fewestCaptions == mostCaptions
        ? "\(fewestCaptions)" : "\(fewestCaptions) to \(mostCaptions)"
      let mean = String(format: "%.1f", meanWords)
      return "\(photos), \(counted(captions, "caption")) (\(each) a photo), "
        + "\(counted(words, "word")) (\(fewestWords) to \(mostWords) a caption, \(mean) on average), "
        + "\(counted(vocabulary, "different word")), "
        + "\(frequentVocabulary) of them five times or more"
    }
  }

  private struct Record: Encodable {
    let name: String
    let format: String
    let sources: [String]
    let importedAt: String
    let splits: [Part]
    let problems: Int
    let evaluations: Int

    enum CodingKeys: String, CodingKey {
      case name, format, sources, splits, problems, evaluations
      case importedAt = "imported_at"
    }

    init(_ summary: DatasetSummary, _ parts: [Part]) {
      name = summary.name
      format = summary.format
      sources = summary.sources
      importedAt = summary.importedAt
      splits = parts
      problems = summary.problems
      evaluations = summary.evaluations
    }
  }
}
