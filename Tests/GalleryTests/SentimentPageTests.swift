import Foundation
import Gallery
import TestSupport
import Testing

@Suite struct SentimentPageTests {
  private func page(_ texts: [SentimentPage.Text], model: String = "m") throws -> String {
    var data = Data()
    let page = SentimentPage(model: model, against: "negative", towards: "positive")
    func write(_ part: Data) { data += part }
    try page.write(to: write) { html in for text in texts { write(html(text)) } }
    return try #require(String(data: data, encoding: .utf8))
  }

  /// The reference is the page of this very text, read through by hand.
  @Test func `words have the class of their strength, and all texts are escaped`() throws {
    let hostile = "</style><script>alert(1)</script>{{content}}\" onmouseover=\"x & y"
    let text = SentimentPage.Text(
      label: "positive", probabilities: [("negative", 0.0625), ("positive", 0.9375)],
      pieces: [
        .init(text: hostile, logOdds: nil, step: 0), .init(text: "<good>", logOdds: 2.5, step: 3),
        .init(text: " & ", logOdds: nil, step: 0), .init(text: "bad", logOdds: -0.25, step: -1),
        .init(text: "a", logOdds: 0.001, step: 0),
      ], strongest: [("<good>", 2.5), ("bad", -0.25)])
    let page = try page([text], model: "<m>")
    let golden = try String(contentsOf: reference("gallery/sentiment.html"), encoding: .utf8)
    let start = try #require(page.range(of: "<main>"))
    #expect(page[start.lowerBound...] == golden[...])
    #expect(!page.contains("<script"))
    #expect(page.components(separatedBy: "</style>").count == 2)
    #expect(page.contains("script-src 'none'"))
  }

  @Test func `no control characters come into the page`() throws {
    let text = SentimentPage.Text(
      label: "a\u{1B}[2J", probabilities: [("a", 1)],
      pieces: [.init(text: "b\0\u{7F}\u{9B}\tc\n", logOdds: 1, step: 1)], strongest: [("\u{7}", 1)])
    let page = try page([text], model: "\u{8}")
    #expect(page.contains("a\u{FFFD}[2J") && page.contains("b\u{FFFD}\u{FFFD}\u{FFFD}\tc\n"))
    #expect(
      page.unicodeScalars.allSatisfy {
        $0.properties.generalCategory != .control || $0.properties.isWhitespace
      })
  }

  @Test func `a text without words has no list of them`() throws {
    let text = SentimentPage.Text(
      label: "neutral", probabilities: [("negative", 0.5), ("positive", 0.5)],
      pieces: [.init(text: "🙂", logOdds: nil, step: 0)], strongest: [])
    let page = try page([text, text])
    #expect(page.components(separatedBy: "<p class=\"words\">🙂</p>").count == 3)
    #expect(!page.contains("<ol"))
  }
}
