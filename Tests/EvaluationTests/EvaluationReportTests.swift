import Evaluation
import Foundation
import Gallery
import Metrics
import Testing

@Suite struct EvaluationReportTests {
  @Test func theReportHasProtocolScoresAndPhotos() throws {
    let sample = try SampleRuns()
    let run = try ScoredRun(
      sample.enter(["a cat", "A cat on a couch.", "two dogs in the snow"]), in: sample.store)
    var data = Data()
    try EvaluationReport.page(of: run, by: .ciderD, count: 2).write(threads: 1) { data += $0 }
    let page = String(decoding: data, as: UTF8.self)
    for part in [
      "sample on mini, test", "CIDEr-D", "pycocoevalcap 1.2", "<svg", "The best by CIDEr-D",
      "A black-and-white cat sits on a couch.", "METEOR-exact-stem",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(page.components(separatedBy: "<article>").count == 5)
  }
}
