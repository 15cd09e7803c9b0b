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
        "line separator: “Two\u{2028}lines.” of “a.jpg” has U+2028 in the middle",
        "line separator: “End.\n” of “a.jpg” has U+000A at the end",
        "line separator: “A \u{85}b.” of “a.jpg” has U+0085 in the middle",
        "stray separator: “One|two.” of “a.jpg” has “|”",
        "stray separator: “A\tb.” of “a.jpg” has a tab",
        "control character: “Bell\u{7}.” of “a.jpg” has U+0007",
        "duplicate caption: “Plain é.” of “a.jpg” is there already",
      ])
    #expect(found.problems.allSatisfy { $0.kind.severity == .remark })
  }

  @Test func longCaptionsAreShownAsFarAsASentenceHolds() throws {
    let caption = String(repeating: "a", count: 79) + "|" + String(repeating: "b", count: 1000)
    let found = try contents("image,caption\nx.jpg,\(caption)\n", .csv)
    #expect(found.problems.map(\.detail) == ["“\(caption.prefix(80))…” of “x.jpg” has “|”"])
  }
}
