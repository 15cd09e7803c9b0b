import Files
import Store
import SystemPackage
import Testing

struct StoreErrorTests {
  private static let all: [StoreError] = [
    .missing(path: "/s"), .foreign(path: "/s"), .altered(path: "/s", object: "the trigger “t”"),
    .newer(path: "/s", version: 9, known: 4), .older(path: "/s", version: 1, known: 4),
    .exists(path: "/s"), .unreadable(path: "/s", reason: "it is not a file"),
    .readOnly(path: "/s"), .busy(path: "/s"), .full(path: "/s"),
    .inputOutput(path: "/s", reason: "r"), .damaged(path: "/s", reason: "r"),
    .inconsistent(path: "/s", reason: "r"), .noDataset(path: "/s", name: "d", known: ["e"]),
    .noSplit(path: "/s", dataset: "d", split: "x", known: ["test"]),
    .datasetDiffers(path: "/s", name: "d"), .datasetInUse(path: "/s", name: "d", evaluations: 2),
  ]

  /// Users of the library have no such commands and options.
  @Test(arguments: all) func sentencesNameTheirSubjectAndNoCommand(error: StoreError) {
    let subject = if case .noSplit = error { "d" } else { "/s" }
    #expect(error.subject == subject)
    #expect("\(error)" == "\(subject): \(error.reason)")
    #expect(!error.reason.contains("--") && !error.reason.contains("“caption "))
  }

  @Test func kindsTellWhatACallerCanDo() {
    #expect(StoreError.missing(path: "/s").kind == .noInput)
    #expect(StoreError.datasetDiffers(path: "/s", name: "d").kind == .badData)
    #expect(StoreError.busy(path: "/s").kind == .inputOutput)
    #expect(SearchQueryError.empty.kind == .usage)
    #expect(JSONError.tooDeep.kind == .badData)
    #expect("\(SearchQueryError.nothingLabelled)" == "no caption has a sentiment yet")
  }
}
