import Datasets
import Testing

struct CaptionRemarksTests {
  @Test func captionsAreKeptButRemarked() throws {
    let captions = [
      "Two\u{2028}lines.", "End.\n", "A \u{85}b.", "One|two.", "A\tb.", "Bell\u{7}.", "Plain é.",
      "Plain é.",
    ]
    let rows = captions.map { "a.jpg,\"\($0)\"\n" }.joined()
    let found = try contents("image,caption\n" + rows, .csv)
    #expect(found["a.jpg"] == captions)
    #expect(
      found.problems.map { "\($0.kind.rawValue): \($0.detail)" } == [
        "line separator: U+2028 in the middle of a caption of “a.jpg”",
        "line separator: U+000A at the end of a caption of “a.jpg”",
        "line separator: U+0085 in the middle of a caption of “a.jpg”",
        "stray separator: “|” of a caption of “a.jpg”",
        "stray separator: a tab of a caption of “a.jpg”",
        "control character: U+0007 of a caption of “a.jpg”",
        "duplicate caption: “a.jpg” has that caption already",
      ])
    #expect(found.problems.allSatisfy { $0.kind.severity == .remark })
  }
}
