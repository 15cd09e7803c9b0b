import ArgumentParser
import Evaluation
import Foundation
import Gallery
import Store

/// `caption runs export`: a run, for other programs and for people.
struct RunsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a run as COCO results or as an HTML report.",
    discussion: """
      The report is one file that needs no other, nor a network: how the run was made, its scores, \
      their distribution, and the best and worst photos with their captions beside people's.

      COCO results are numbered as the dataset's own pictures; where these have no numbers, as in \
      “caption dataset export --format coco”, from 1 up.

      EXAMPLES:
        caption runs export 7 --output results.json
        caption runs export 7 --format html --photos 24 --output run-7.html
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case cocoResults = "coco-results"
    case html
  }

  @Argument(help: ArgumentHelp("The run’s number.", valueName: "run"))
  var number: Int64

  @Option(name: .shortAndLong, help: "The format.")
  var format = Format.cocoResults

  @OptionGroup var ranking: RankingOptions

  @OptionGroup var destination: DestinationOptions

  @OptionGroup var store: StoreOptions

  func validate() throws {
    try requires(ranking.givenMetric, with: "--format html", format == .html)
    try requires(ranking.givenCount, with: "--format html", format == .html)
  }

  func run() throws {
    try store.with(.read) { store in
      let file = try destination.open(for: format == .html ? .page : .json)
      let run = try ScoredRun(number, in: store)
      switch format {
      case .cocoResults:
        let items = try store.datasetItems(of: run.evaluation.dataset, split: nil)
        try write(run, COCONumbers(items), to: file)
      case .html:
        let page = try EvaluationReport.page(of: run, by: ranking.metric, count: ranking.photos)
        try page.write(threads: ProcessInfo.processInfo.activeProcessorCount) {
          try file.write($0)
        }
      }
      try file.finish()
    }
  }

  private func write(_ run: ScoredRun, _ numbers: COCONumbers, to file: ResultFile) throws {
    var entries = ListWriter(file)
    for photo in run.photos {
      try entries.append(Entry(imageID: numbers[photo.item], caption: photo.candidate))
    }
    try entries.end()
    try file.write("\n")
  }

  private struct Entry: Encodable {
    let imageID: Int64
    let caption: String

    enum CodingKeys: String, CodingKey {
      case caption
      case imageID = "image_id"
    }
  }
}
